"""What the entrance's forms hold."""

from django import forms


class SampleEntry(forms.Form):
    """Which sample person enters."""

    username = forms.SlugField(max_length=150)


class CapacityChoice(forms.Form):
    """In which capacity the person acts from now on."""

    capacity = forms.IntegerField(min_value=1)
    next = forms.CharField(required=False, max_length=2000)
