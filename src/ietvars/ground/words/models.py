"""The table of indexed documents. The full-text side of it belongs to the database and is made by the migration."""

from django.db import models


class Document(models.Model):
    """Something that can be found: a service or a situation in one language, as analysed tokens by weight."""

    kind = models.SlugField(max_length=40)
    key = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=400)
    keywords = models.TextField(blank=True, help_text="everyday words, as given")
    tokens_a = models.TextField(help_text="analysed tokens of the title")
    tokens_b = models.TextField(blank=True, help_text="of keywords and everyday words")
    tokens_c = models.TextField(blank=True, help_text="of the rest")
    boost = models.FloatField(default=0.0, help_text="added to the rank, e.g. for much-used services")
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
    words = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.language}: {', '.join(self.words)}"
