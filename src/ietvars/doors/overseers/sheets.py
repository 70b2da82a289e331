"""The whole state's lists as spreadsheets, for overseers: to read. Sending back is the owners'."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from ietvars.doors.furniture import sheet_files
from ietvars.doors.overseers.common import actor, readers


@readers
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Services or measurements of the state as a file."""
    return sheet_files.answer(request, actor(request))
