"""The JSON-LD context of this house: our short keys, and the keys of CPSV-AP so that documents of others are read too.

A context is never fetched: ours is written into every document that we give, and stands in for that of CPSV-AP where a
document names it. The names and meanings of the keys are facts of the profile; this text of them is our own.
"""

from functools import cache
from typing import Any

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary

PLACE = "ns/context.jsonld"
"""Where it is served, below the base of all IRIs."""

CLASS_KEYS = {
    "Address": "locn:Address", "Agent": "foaf:Agent", "BusinessEvent": "cv:BusinessEvent", "Channel": "cv:Channel",
    "Code": "skos:Concept", "Collection": "skos:Collection", "Concept": "skos:Concept",
    "ConcessionContract": "epo:ConcessionContract", "ContactPoint": "cv:ContactPoint", "Cost": "cv:Cost",
    "Dataset": "dcat:Dataset", "Document": "foaf:Document", "Double": "xsd:double", "Duration": "xsd:duration",
    "Event": "cv:Event", "Evidence": "cv:Evidence", "EvidenceType": "cv:EvidenceType",
    "LegalResource": "eli:LegalResource", "LifeEvent": "cv:LifeEvent", "LinguisticSystem": "dct:LinguisticSystem",
    "Literal": "rdfs:Literal", "Location": "dct:Location", "Organization": "org:Organization", "Output": "cv:Output",
    "Participation": "cv:Participation", "PublicOrganization": "cv:PublicOrganisation",
    "PublicService": "cpsv:PublicService", "Requirement": "cv:Requirement", "Rule": "cpsv:Rule",
    "ServiceConcessionContract": "cv:ServiceConcessionContract", "TemporalEntity": "time:TemporalEntity",
    "Text": "rdf:langString",
}  # fmt: skip
"""Keys of classes."""

LINK, DURATION, NUMBER, ANY = "@id", "xsd:duration", "xsd:double", ""

PROPERTY_KEYS = {
    "Address": {
        "addressArea": "locn:addressArea", "addressId": "locn:addressId",
        "administrativeUnitLevel1": "locn:adminUnitL1", "administrativeUnitLevel2": "locn:adminUnitL2",
        "fullAddress": "locn:fullAddress", "locatorDesignator": "locn:locatorDesignator",
        "locatorName": "locn:locatorName", "postCode": "locn:postCode", "postName": "locn:postName",
        "postOfficeBox": "locn:poBox", "thoroughfare": "locn:thoroughfare",
    },
    "Agent": {
        "address": "locn:address >", "identifier": "dct:identifier", "name": "dct:title",
        "participates": "cv:participates >",
    },
    "BusinessEvent": {"type": "dct:type >"},
    "Channel": {
        "availabilityRestriction": "cv:specialOpeningHoursSpecification >", "description": "dct:description",
        "hasInput": "cpsv:hasInput >", "identifier": "dct:identifier", "openingHours": "cv:openingHours >",
        "ownedBy": "cv:ownedBy >", "processingTime": "cv:processingTime duration", "type": "dct:type >",
    },
    "Collection": {"member": "skos:member >"},
    "ContactPoint": {
        "availabilityRestriction": "cv:specialOpeningHoursSpecification >", "contactPage": "cv:contactPage >",
        "hasEmail": "cv:email", "hasTelephone": "cv:telephone", "openingHours": "cv:openingHours >",
    },
    "Cost": {
        "currency": "cv:currency >", "description": "dct:description", "hasValue": "cv:hasValue double",
        "identifier": "dct:identifier", "ifAccessedThrough": "cv:ifAccessedThrough >",
        "isDefinedBy": "cv:isDefinedBy >",
    },
    "Dataset": {
        "description": "dct:description", "hasPart": "dct:hasPart >", "identifier": "dct:identifier",
        "landingPage": "dcat:landingPage >", "publisher": "dct:publisher >", "title": "dct:title",
    },
    "Event": {
        "description": "dct:description", "hasRelatedService": "cv:hasRelatedService >",
        "identifier": "dct:identifier", "name": "dct:title",
    },
    "Evidence": {
        "description": "dct:description", "identifier": "dct:identifier", "isConformantTo": "dct:conformsTo >",
        "isPartOf": "dct:isPartOf >", "language": "dct:language >", "name": "dct:title",
        "relatedDocumentation": "foaf:page >", "supportsRequirement": "cv:supportsRequirement >",
        "type": "dct:type >",
    },
    "EvidenceType": {
        "evidenceTypeClassification": "cv:evidenceTypeClassification >", "identifier": "dct:identifier",
    },
    "LegalResource": {"related": "dct:relation >"},
    "LifeEvent": {"type": "dct:type >"},
    "Output": {
        "description": "dct:description", "identifier": "dct:identifier", "isPartOf": "dct:isPartOf >",
        "language": "dct:language >", "name": "dct:title", "type": "dct:type >",
    },
    "Participation": {
        "description": "dct:description", "hasParticipant": "cv:hasParticipant >", "identifier": "dct:identifier",
        "role": "cv:role >",
    },
    "PublicOrganization": {"preferredLabel": "skos:prefLabel", "spatial": "dct:spatial >"},
    "PublicService": {
        "addressee": "dct:audience >", "contactPoint": "cv:contactPoint >", "description": "dct:description",
        "follows": "cpsv:follows >", "functionsOfGovernment": "dct:type >", "hasChannel": "cv:hasChannel >",
        "hasCompetentAuthority": "cv:hasCompetentAuthority >", "hasCost": "cv:hasCost >",
        "hasInput": "cpsv:hasInput >", "hasInputType": "cv:hasInputType >",
        "hasLegalResource": "cv:hasLegalResource >", "hasParticipation": "cv:hasParticipation >",
        "holdsRequirement": "cv:holdsRequirement >", "identifier": "dct:identifier",
        "isClassifiedBy": "cv:isClassifiedBy >", "isGroupedBy": "cv:isGroupedBy >", "isPartOf": "dct:isPartOf >",
        "keyword": "dcat:keyword", "language": "dct:language >", "name": "dct:title",
        "processingTime": "cv:processingTime duration", "produces": "cpsv:produces >",
        "relatedService": "cv:relatedService >", "requires": "dct:requires >", "sector": "cv:sector >",
        "spatial": "dct:spatial >", "status": "adms:status >", "thematicArea": "cv:thematicArea >",
    },
    "Requirement": {
        "fulfils": "cv:fulfils >", "hasSupportingEvidence": "cv:hasSupportingEvidence >",
        "identifier": "dct:identifier", "name": "dct:title", "type": "dct:type >",
    },
    "Rule": {
        "description": "dct:description", "identifier": "dct:identifier", "implements": "cpsv:implements >",
        "language": "dct:language >", "name": "dct:title", "type": "dct:type >",
    },
    "ServiceConcessionContract": {
        "description": "dct:description", "establishedUnder": "cv:establishedUnder >",
        "hasContractingAuthority": "cv:hasContractingAuthority >",
        "hasEconomicOperator": "cv:hasEconomicOperator >", "identifier": "dct:identifier", "name": "dct:title",
    },
    "TemporalEntity": {"description": "dct:description", "frequency": "cv:frequency >"},
}  # fmt: skip
"""Keys of properties under their class; `>` marks a link, else the type of the value follows."""


@cache
def terms() -> dict[str, Any]:
    """What stands under @context."""
    found: dict[str, Any] = {"@version": 1.1, **vocabulary.PREFIXES, "id": "@id", "type": "@type"}
    for each in vocabulary.PROPERTIES:
        found[each.key] = _own(each)
    found |= CLASS_KEYS
    for owner, properties in PROPERTY_KEYS.items():
        for name, told in properties.items():
            short, _, kind = told.partition(" ")
            typed = {">": LINK, "duration": DURATION, "double": NUMBER}.get(kind, ANY)
            found[f"{owner}.{name}"] = {"@id": short, "@type": typed} if typed else {"@id": short}
    return found


def _own(each: vocabulary.Property) -> dict[str, str]:
    if each.kind is vocabulary.Kind.TEXT:
        return {"@id": each.short, "@container": "@language"}
    if each.kind is vocabulary.Kind.LINK:
        return {"@id": each.short, "@type": "@id"}
    return {"@id": each.short} if each.kind is vocabulary.Kind.PLAIN else {"@id": each.short, "@type": each.kind.value}


@cache
def ours() -> dict[str, Any]:
    """Only what our own documents use: the prefixes and our short keys."""
    keys = {"id", "type", "@version", *vocabulary.PREFIXES, *(each.key for each in vocabulary.PROPERTIES)}
    return {key: told for key, told in terms().items() if key in keys}


def document() -> dict[str, Any]:
    """The context as it is served."""
    return {"@context": terms()}
