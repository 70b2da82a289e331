"""Tables of what comes in: who may send, the inbox, the quarantine, and the names that events brought along.

Rows of the inbox are written and read by plain SQL in `actions` and `queries`: there are a hundred million a year.
"""

from django.db import models
from django.db.models import Q

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.services.models import Service


class Sender(models.Model):
    """A program of an institution that may send events; its secret is kept as a digest only."""

    code = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    is_narrowed = models.BooleanField(default=False, help_text="only the services listed, not all of the body")
    services = models.ManyToManyField(Service, related_name="+", blank=True)
    secret_digest = models.CharField(max_length=64, help_text="SHA-256 of the secret, hexadecimal")
    secret_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    minute = models.BigIntegerField(default=0, help_text="minute of the last call, since 1970")
    minute_events = models.IntegerField(default=0, help_text="events of that minute")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class InboxEvent(models.Model):
    """One event as it was taken in. `seq` grows in the order in which rows become visible, and is never used again."""

    seq = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(max_length=16, unique=True)
    received_us = models.BigIntegerField()
    payload = models.BinaryField(help_text="see packing")

    def __str__(self) -> str:
        return str(self.seq)


class Refused(models.Model):
    """An event that was refused: masked, with the reason, until it is mended and replayed, or dropped."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open"
        REPLAYED = "replayed"
        DROPPED = "dropped"

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, null=True, related_name="refused")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+", help_text="of the sender")
    fingerprint = models.CharField(max_length=32, help_text="of sender and document: the same again is counted")
    document = models.JSONField(help_text="masked")
    code = models.SlugField(max_length=60)
    sentence = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    times = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["state", "body", "code"]), models.Index(fields=["received_at"])]
        constraints = [
            models.UniqueConstraint(fields=["fingerprint"], condition=Q(state="open"), name="refused_lies_open_once"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="refused_ends_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.code}"


class Activity(models.Model):
    """A step of a service as events name it. Its number is its key; a title may be added by people."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="activities")
    code = models.CharField(max_length=120, help_text="as events name it")
    title = LanguageMapField()
    since = models.DateTimeField(help_text="when it was first met")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["service", "code"], name="activity_once_a_service")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.code}"


class EvidenceKind(models.Model):
    """A piece of evidence as events name it."""

    code = models.CharField(max_length=120, unique=True)
    since = models.DateTimeField(help_text="when it was first met")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code


class Source(models.Model):
    """Where events come from, and whose it is: the first body that sent from there. Nobody else may use its name."""

    uri = models.CharField(max_length=200, unique=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.uri


class ErasedPerson(models.Model):
    """A keyed hash that must never be joined again."""

    person_key = models.BigIntegerField()
    key_version = models.SmallIntegerField()
    at = models.DateTimeField()
    is_written = models.BooleanField(default=False, help_text="the lake no longer bears it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_key", "key_version"], name="person_erased_once")]

    def __str__(self) -> str:
        return f"{self.pk}"


class EventLog(models.Model):
    """A log of another system that was brought in: where its events went, and how far a run came that was cut off."""

    name = models.CharField(max_length=120, unique=True)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, related_name="+", help_text="empty where it names several"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of content, mapping and service of the newest run")
    cases_done = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    began_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
