"""Django's handle on the institution floor."""

from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.institution"
    label = "institution"

    def ready(self) -> None:
        """Register what this floor wants to hear from below."""
        from ietvars.ground.jobs import rules as jobs
        from ietvars.ground.notices import actions as notices
        from ietvars.institution.cases import refreshing as cases
        from ietvars.institution.deliveries import actions as deliveries
        from ietvars.institution.deliveries import compacting
        from ietvars.institution.deliveries import moving as moved_senders
        from ietvars.institution.feedback import moving as moved_feedback
        from ietvars.institution.flows import refreshing as flows
        from ietvars.institution.indicators import working as measuring
        from ietvars.institution.lists import moving as moved_lists
        from ietvars.institution.quality import actions as quality
        from ietvars.institution.quality import working as checking
        from ietvars.institution.revisions import moving as moved_drafts
        from ietvars.institution.rounds import moving as moved_reports
        from ietvars.institution.services import actions as services
        from ietvars.institution.services import moving as moved_services
        from ietvars.institution.sheets import working as sheets
        from ietvars.institution.tallies import watching
        from ietvars.institution.tallies import working as tallying

        notices.listen("bodies.merged", services.hear_merger)
        notices.listen("bodies.renamed", services.hear_merger)
        jobs.register(measuring.JOB, measuring.measure)
        notices.listen("rounds.submitted", measuring.measure_soon)
        jobs.register(tallying.JOB, tallying.tally)
        notices.listen("cases.refreshed", tallying.tally_soon)
        notices.listen("tallies.posted", measuring.measure_soon)
        jobs.register(watching.JOB, watching.watch)
        notices.listen("cases.refreshed", watching.watch_soon)
        jobs.register(quality.JOB, checking.check_links)
        jobs.register(deliveries.JOB, compacting.work)
        jobs.register(cases.JOB, cases.work)
        notices.listen("deliveries.compacted", cases.refresh_soon)
        notices.listen("deliveries.forgotten", cases.refresh_soon)
        jobs.register(flows.JOB, flows.work)
        notices.listen("deliveries.compacted", flows.refresh_soon)
        notices.listen("deliveries.forgotten", flows.refresh_soon)
        jobs.register(sheets.JOB, sheets.apply)
        # Services first: other rooms name what goes along with them.
        notices.listen_to_reorganisations(moved_services, moved_drafts, moved_lists, moved_reports, moved_feedback)
        notices.listen_to_reorganisations(moved_senders)
        notices.listen("bodies.reorganisation-taken-back", moved_services.tell_again)
