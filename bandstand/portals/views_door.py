"""The door of the portals: everyone to their own desk."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from bandstand.parties import access
from bandstand.parties.rules import Role
from bandstand.plumbing.desk import frame


def door(request: HttpRequest) -> HttpResponse:
    actor = access.actor_of(request.user)
    if not actor.is_signed_in:
        return frame.sign_in_first(request)
    if actor.has(Role.BRAND):
        return HttpResponseRedirect("/portals/brand/")
    if actor.has(Role.SELLER):
        return HttpResponseRedirect("/portals/seller/")
    return frame.forbidden(request, text="The portals are for brands and sellers.")
