"""The verbs of a sequence's steps: the shop's own services, called as its desks call them."""
