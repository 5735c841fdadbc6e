"""Rules that refuse a phone whatever its bands: certification, activation, emergency calls, SIM."""

from dataclasses import dataclass, replace

from bandstand.kernel.words import Answer
from bandstand.radio import texts
from bandstand.radio.capability import Capability
from bandstand.radio.policies import (
    ActivationBlock,
    CertificationRequired,
    EmergencyCallRule,
    PolicyFact,
    SimForms,
    VoiceAllowList,
    VolteRequiredToActivate,
    is_listed,
    names_any,
)
from bandstand.radio.reasons import Reason, ReasonCode
from bandstand.radio.verdict import better, worse


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One rule's answer: YES lets the phone pass, NO refuses it, UNKNOWN cannot tell."""

    admits: Answer
    policy: PolicyFact
    reason: Reason | None = None
    emergency: Answer | None = None
    """What the rule says about emergency calls, if it says anything."""


def findings(capability: Capability, policies: tuple[PolicyFact, ...]) -> tuple[Finding, ...]:
    """Return what each gate in force says about a variant; all are asked, none is skipped."""
    listed_for_voice = any(
        isinstance(one, VoiceAllowList) and is_listed(one.allowed, capability) is Answer.YES
        for one in policies
    )
    if listed_for_voice and capability.volte is Answer.UNKNOWN:
        # The carrier's own list is evidence that the model has VoLTE.
        capability = replace(capability, volte=Answer.YES)
    asked = (_finding(capability, policy) for policy in policies)
    return tuple(one for one in asked if one is not None)


def admits(found: tuple[Finding, ...], sim: Answer, *, has_sim_rule: bool) -> Answer:
    """Return whether the gates let the phone in: the worst of them."""
    result = Answer.YES
    for one in found:
        result = worse(result, one.admits)
    if sim is Answer.NO or has_sim_rule:
        result = worse(result, sim)
    return result


def sim_answer(
    capability: Capability, policies: tuple[PolicyFact, ...]
) -> tuple[Answer, SimForms | None]:
    """
    Return whether the phone takes a SIM that the operator gives out, and the rule that says so.

    Without a rule a plastic SIM is taken for granted and an eSIM is not.
    """
    esim, psim = capability.esim, capability.psim
    offer: SimForms | None = None
    for policy in policies:
        if isinstance(policy, SimForms) and policy.codes is None:
            offer = policy
        elif isinstance(policy, SimForms) and names_any(policy.codes, capability):
            esim = policy.esim if policy.esim is not Answer.UNKNOWN else esim
            psim = policy.psim if policy.psim is not Answer.UNKNOWN else psim
    if offer is None:
        with_psim = psim
        with_esim = worse(esim, Answer.UNKNOWN)
    else:
        with_psim = worse(psim, offer.psim)
        with_esim = worse(esim, offer.esim)
    return better(with_psim, with_esim), offer


def _finding(capability: Capability, policy: PolicyFact) -> Finding | None:
    """Return what one rule says; None if it is not a gate."""
    match policy:
        case CertificationRequired():
            return _certification(capability, policy)
        case ActivationBlock():
            return _activation(capability, policy)
        case VolteRequiredToActivate():
            return _volte_to_activate(capability, policy)
        case EmergencyCallRule():
            return _emergency(capability, policy)
        case _:
            return None


def _certification(capability: Capability, policy: CertificationRequired) -> Finding:
    listed = is_listed(policy.certified, capability)
    if listed is Answer.YES:
        return _passes(policy)
    code = ReasonCode.CARRIER_CERTIFICATION
    text = (
        "The carrier serves only phones that it certified, and this model is not one of them."
        if listed is Answer.NO
        else "The carrier serves only phones that it certified; whether this one is, is not known."
    )
    return Finding(
        admits=listed,
        policy=policy,
        reason=texts.of_policy(code, policy, text=text, capability=capability),
    )


def _activation(capability: Capability, policy: ActivationBlock) -> Finding:
    is_allowed = is_listed(policy.allowed, capability) is Answer.YES
    if is_allowed or not names_any(policy.codes, capability):
        return _passes(policy)
    text = "The carrier does not activate this model."
    reason = texts.of_policy(ReasonCode.ACTIVATION_POLICY, policy, text=text, capability=capability)
    return Finding(admits=Answer.NO, policy=policy, reason=reason)


def _volte_to_activate(capability: Capability, policy: PolicyFact) -> Finding:
    if capability.volte is Answer.YES:
        return _passes(policy)
    text = (
        "The carrier activates only phones that call over 4G, and this one cannot."
        if capability.volte is Answer.NO
        else "The carrier activates only phones that call over 4G; nobody knows if this one can."
    )
    code = ReasonCode.VOLTE_REQUIRED_TO_ACTIVATE
    return Finding(
        admits=capability.volte,
        policy=policy,
        reason=texts.of_policy(code, policy, text=text, capability=capability),
    )


def _emergency(capability: Capability, policy: EmergencyCallRule) -> Finding:
    text, emergency = _emergency_refusal(capability, policy)
    if text:
        return _emergency_finding(policy, capability, text=text, emergency=emergency)
    if emergency is Answer.UNKNOWN:
        text = "Emergency calls need calls over 4G here; whether this phone has them is not known."
        open_finding = _emergency_finding(policy, capability, text=text, emergency=emergency)
        return replace(open_finding, admits=Answer.UNKNOWN)
    is_verified = is_listed(policy.verified or frozenset(), capability) is Answer.YES
    return Finding(admits=Answer.YES, policy=policy, emergency=Answer.YES if is_verified else None)


def _emergency_refusal(capability: Capability, policy: EmergencyCallRule) -> tuple[str, Answer]:
    """Return why carriers must refuse the phone (empty if not), and whether it reaches help."""
    if names_any(policy.fails, capability):
        return "This model fails emergency calls, so carriers must refuse it.", Answer.NO
    if policy.volte_required and capability.volte is Answer.NO:
        text = (
            "Emergency calls need calls over 4G here, which this phone lacks; carriers refuse it."
        )
        return text, Answer.NO
    is_verified = policy.verified is not None and (
        is_listed(policy.verified, capability) is Answer.YES
    )
    if policy.verified is not None and policy.blocks_unverified and not is_verified:
        text = "Nobody has shown that this model reaches the emergency number; carriers refuse it."
        return text, Answer.UNKNOWN
    needs_volte = policy.volte_required and capability.volte is Answer.UNKNOWN
    return "", Answer.YES if is_verified or not needs_volte else Answer.UNKNOWN


def _emergency_finding(
    policy: EmergencyCallRule, capability: Capability, *, text: str, emergency: Answer
) -> Finding:
    code = ReasonCode.EMERGENCY_CALL_RULE
    reason = texts.of_policy(code, policy, text=text, capability=capability)
    return Finding(admits=Answer.NO, policy=policy, reason=reason, emergency=emergency)


def _passes(policy: PolicyFact) -> Finding:
    return Finding(admits=Answer.YES, policy=policy)
