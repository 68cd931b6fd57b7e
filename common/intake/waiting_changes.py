"""Publishes the events of changes and revisions again that wait: for the end of a pause, or for another day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from common.aws import event_bus
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository
from common.aws.drafting_gate import DraftingGate
from common.aws.event_bus import EventBus
from common.domain.change import ChangeStatus
from common.domain.document import DocumentStatus


@dataclass(frozen=True)
class WaitingChanges:
    """Every change that is recorded but not processed, whatever it waits for, and every revision that is not drafted.

    An event of one that is being processed has no effect. Changes whose tickets are asked are looked at again, too:
    an answer by a remote link causes no webhook.
    """

    changes: ChangeRepository
    documents: DocumentRepository
    gate: DraftingGate
    bus: EventBus

    def publish(self) -> Counter[str]:
        """Publish the events of the oldest, as many as may still be drafted today; return how many of each kind."""
        free = self.gate.free(state := self.gate.read())
        outcomes: Counter[str] = Counter()
        if state.paused_at:
            return outcomes
        for document in self.documents.with_status(DocumentStatus.REVISING):
            event_bus.publish_revision_requested(self.bus, document)
            outcomes["revisions"] += 1
        for change in self.changes.with_status(ChangeStatus.ASKING):
            event_bus.publish_change_detected(self.bus, change)
            outcomes["asked"] += 1
        for change in islice(self.changes.with_status(ChangeStatus.DETECTED), free):
            event_bus.publish_change_detected(self.bus, change)
            outcomes["changes"] += 1
        return outcomes
