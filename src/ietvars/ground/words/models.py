"""The tables of words. The searching side of documents belongs to the database and is made by the migration."""

from django.db import models


class Document(models.Model):
    """Something that can be found: a service or a situation in one language, with the terms it is found by."""

    kind = models.SlugField(max_length=40)
    key = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=400)
    keywords = models.TextField(blank=True, help_text="everyday words, as given")
    terms = models.TextField(blank=True, default="", help_text="tokens and 4-grams, each with its language and field")
    boost = models.FloatField(default=0.0, help_text="decides where words say the same, e.g. for common descriptions")
    group = models.CharField(max_length=120, blank=True, help_text="documents of one group fold into one line")
    place = models.CharField(max_length=80, blank=True, help_text="body whose inhabitants it is for, empty for all")
    audience = models.CharField(max_length=120, blank=True, help_text="space-separated audience codes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "language"], name="document_once_a_language")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key} ({self.language})"


class WordGroup(models.Model):
    """Words that people use for the same thing: synonyms, and forms of a verb no stemmer joins."""

    class Kind(models.TextChoices):
        """Why the words stand together."""

        SYNONYM = "synonym"
        LEMMA = "lemma"

    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=12)
    words = models.JSONField(default=list, help_text="of synonyms the last is the one that services use")

    def __str__(self) -> str:
        return f"{self.language}: {', '.join(self.words)}"


class MissedQuestion(models.Model):
    """A question of one day that nothing answered, or only some of its words; a count, and nothing of who asked."""

    day = models.DateField(db_index=True)
    language = models.CharField(max_length=12)
    text = models.CharField(max_length=100)
    is_partial = models.BooleanField(default=False)
    nearest_kind = models.CharField(max_length=40, blank=True)
    nearest_key = models.CharField(max_length=120, blank=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "language", "text", "is_partial"], name="missed_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.language}: {self.text} ({self.times})"
