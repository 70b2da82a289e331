"""Tables of code lists and the field type of language maps. No decision is taken here."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from ietvars.ground.terms import rules


def refuse_broken_language_map(value: object) -> None:
    """Refuse a value that is no language map."""
    faults = rules.faults(value)
    if faults:
        raise ValidationError("; ".join(faults))


class LanguageMapField(models.JSONField):
    """A text in several languages: {"lv": "...", "en": "..."}; maps one to one to JSON-LD."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.validators.append(refuse_broken_language_map)


class CodeList(models.Model):
    """One list of terms, e.g. channels or life events."""

    code = models.SlugField(max_length=64, unique=True)
    title = LanguageMapField()
    source = models.TextField(blank=True, help_text="where the list comes from: law, plan or vocabulary")

    def __str__(self) -> str:
        return self.code


class Term(models.Model):
    """One entry of a code list, with its labels and, where one exists, the same concept elsewhere."""

    code_list = models.ForeignKey(CodeList, on_delete=models.CASCADE, related_name="terms")
    code = models.SlugField(max_length=80)
    label = LanguageMapField()
    same_as = models.URLField(max_length=300, blank=True, help_text="IRI of the same concept, e.g. in an EU table")
    notation = models.CharField(max_length=40, blank=True, help_text="code of the same concept in its own table")
    facts = models.JSONField(default=dict, blank=True, help_text="what else the term says, e.g. its finder")
    position = models.PositiveIntegerField(default=0)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code_list", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code_list", "code"], name="term_once_in_its_list"),
        ]

    def __str__(self) -> str:
        return f"{self.code_list.code}:{self.code}"
