"""The document of an approval: told by its content, hashed, kept on record, and never unpacked."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import Role
from ietvars.institution.lists import actions, documents, errors, queries
from ietvars.institution.lists.models import ServiceList
from tests.world import NOW, TODAY, World

PDF = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n0\n%%EOF\n"
ASICE = b"application/vnd.etsi.asic-e+zip"


def container(
    *, first: str = "mimetype", said: bytes = ASICE, signature: str = "META-INF/signatures0.xml", packed: bool = False
) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        file.writestr(zipfile.ZipInfo(first), said, compress_type=how)
        file.writestr("rikojums.docx", b"x" * 100)
        if signature:
            file.writestr(signature, b"<asic/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("rikojums.pdf", PDF, "pdf"),
        ("rikojums.exe", PDF, "pdf"),
        ("rikojums.asice", container(), "asice"),
        ("rikojums.EDOC", container(), "edoc"),
        ("rikojums.edoc", container(signature="META-INF/edoc-signatures-S1.xml"), "edoc"),
    ],
)
def test_a_document_is_told_by_its_content(name: str, content: bytes, kind: str) -> None:
    found = documents.read(name, content)
    assert (found.kind, found.sha256) == (kind, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    "content",
    [
        b"<html>%PDF-1.7 %%EOF",
        b"%PDF-1.7 torn off",
        b"PK\x03\x04 torn off",
        container(first="word/document.xml"),
        container(said=b"application/zip"),
        container(signature=""),
        container(packed=True),
        b"MZ\x90\x00",
    ],
)
def test_what_only_looks_like_a_document_is_refused(content: bytes) -> None:
    with pytest.raises(errors.NotADocument):
        documents.read("rikojums.pdf", content)


def test_a_file_beyond_the_limit_and_an_empty_one_are_refused() -> None:
    with pytest.raises(errors.DocumentTooLarge, match="MB"):
        documents.read("rikojums.pdf", PDF, largest=len(PDF) - 1)
    with pytest.raises(errors.EmptyDocument):
        documents.read("rikojums.pdf", b"")


@given(st.binary(max_size=400))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    try:
        documents.read("x.edoc", b"PK\x03\x04" + content)
    except errors.NotADocument:
        return


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/rikojums.pdf", "rikojums.pdf"),
        ("C:\\darbi\\rīkojums 1.pdf", "rīkojums 1.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("/", "dokuments"),
    ],
)
def test_a_name_cannot_lead_elsewhere(name: str, safe: str) -> None:
    assert documents.read(name, PDF).name == safe


# ---- with the list -----------------------------------------------------------------------------------------------


@pytest.fixture
def submitted(world: World) -> ServiceList:
    world.service("benefit", holder="agency")
    made = world.service_list("agency", "benefit", is_published=False)
    return actions.submit(service_list=made, by=world.actor(Role.SERVICE_OWNER, "agency"), now=NOW)


def approved(world: World, submitted: ServiceList, document: documents.Document | None) -> ServiceList:
    return actions.approve(
        service_list=submitted,
        document_number="1-2/26/14",
        document_date=TODAY,
        document=document,
        by=world.actor(Role.LIST_APPROVER, "agency"),
        now=NOW,
    )


@pytest.mark.django_db
def test_an_approval_keeps_its_document_byte_for_byte(world: World, submitted: ServiceList) -> None:
    approved(world, submitted, documents.read("rikojums.pdf", PDF))
    found = queries.content_of(submitted)
    assert found is not None
    row, content = found
    assert (content, row.document_number, row.size) == (PDF, "1-2/26/14", len(PDF))
    assert queries.reconcile(submitted, TODAY) == ()


@pytest.mark.django_db
def test_another_file_takes_its_place_and_the_first_stays_on_record(world: World, submitted: ServiceList) -> None:
    approved(world, submitted, documents.read("rikojums.pdf", PDF))
    again = documents.read("rikojums.edoc", container())
    actions.attach(service_list=submitted, document=again, by=world.actor(Role.SERVICE_OWNER, "agency"), now=NOW)
    current = queries.document(submitted)
    assert current is not None
    assert current.kind == "edoc"
    assert [row.kind for row in queries.earlier_documents(submitted)] == ["pdf"]


@pytest.mark.django_db
def test_a_reopened_list_has_no_document_in_force(world: World, submitted: ServiceList) -> None:
    approved(world, submitted, documents.read("rikojums.pdf", PDF))
    actions.reopen(service_list=submitted, why="Mainījies", by=world.actor(Role.SERVICE_OWNER, "agency"), now=NOW)
    assert queries.document(submitted) is None
    assert [row.document_number for row in queries.earlier_documents(submitted)] == ["1-2/26/14"]


@pytest.mark.django_db
def test_a_document_needs_an_approval_and_somebody_of_the_institution(world: World, submitted: ServiceList) -> None:
    document = documents.read("rikojums.pdf", PDF)
    with pytest.raises(errors.NothingToAttachTo):
        actions.attach(service_list=submitted, document=document, by=world.actor(Role.LIST_APPROVER, "agency"), now=NOW)
    approved(world, submitted, None)
    for by, refusal in (
        (world.actor(Role.CLERK, "agency"), errors.NotAnApprover),
        (world.visitor(Role.LIST_APPROVER), errors.NotYourList),
    ):
        with pytest.raises(refusal):
            actions.attach(service_list=submitted, document=document, by=by, now=NOW)
