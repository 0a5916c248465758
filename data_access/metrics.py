"""The vitals in the form that Prometheus reads (GET /metrics)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from data_access.operations_done import NAMES
from data_access.vitals import StoreVitals, Vitals, vitals


def metrics() -> bytes:
    """The document; `ops_ready 0` alone while the application is starting."""
    registry = CollectorRegistry()
    registry.register(_Vitals())
    return generate_latest(registry)


class _Vitals(Collector):
    def collect(self) -> Iterator[Metric]:
        now = vitals()
        yield _gauge("ready", "1 once the application has started.", 0 if now is None else 1)
        if now is None:
            return
        yield _versions(now)
        yield from _process(now)
        if now.store is not None:
            yield from _store(now.store)


def _versions(now: Vitals) -> Metric:
    store = {} if now.store is None else {"postgres": now.store.postgres.split()[0], "schema": now.store.schema}
    return InfoMetricFamily("ops_versions", "Versions; of the store's only while it answers.",
                            value={**now.versions, **store})  # fmt: skip


def _process(now: Vitals) -> Iterator[Metric]:
    pulse = now.pulse
    yield _gauge("store_up", "1 while the store answers.", int(pulse.store_ok))
    yield _gauge("source_up", "1 while the one-stop database is read.", int(pulse.sync_state == "running"))
    yield _gauge("sync_up", "1 while the synchronisation is heard.", int(pulse.store_ok and not pulse.sync_silent))
    yield _gauge("data_version", "Version of the figures.", pulse.version)
    if pulse.age_seconds is not None:
        yield _gauge("data_age_seconds", "Seconds since the figures were seen to agree with the source.",
                     pulse.age_seconds)  # fmt: skip
    yield _gauge("pool_in_use", "Connections of this process that are in use.", now.pool[0])
    yield _gauge("pool_size", "Connections this process may have.", now.pool[1])
    yield CounterMetricFamily("ops_answers", "Answers given to screens.", value=now.given)
    yield CounterMetricFamily("ops_questions", "Questions that reached the store.", value=now.asked)
    slowest = GaugeMetricFamily("ops_question_slowest_seconds", "The slowest run of a question.", labels=["question"])
    seconds = CounterMetricFamily("ops_question_seconds", "Seconds spent on a question.", labels=["question"])
    for name, timing in now.timings.items():
        slowest.add_metric([name], timing.slowest)
        seconds.add_metric([name], timing.seconds)
    yield slowest
    yield seconds
    yield _gauge("memory_bytes", "Resident memory of this process.", now.memory)
    yield _gauge("disk_free_bytes", "Free on the disk of the data directory.", now.disk_free)
    yield _gauge("disk_bytes", "Size of that disk.", now.disk_total)
    yield _gauge("up_seconds", "Since this process began.", now.up_seconds)


def _store(store: StoreVitals) -> Iterator[Metric]:
    yield _gauge("store_bytes", "Size of the store.", store.bytes)
    yield _gauge("store_connections", "Connections to the store, of all processes.", store.connections)
    yield _gauge("store_connections_most", "Connections the store allows.", store.most_connections)
    yield _gauge("sessions", "Sessions of people that have not ended.", store.sessions)
    yield _gauge("sessions_looking", "Of them seen within two minutes.", store.looking)
    repaired = GaugeMetricFamily("ops_reconcile_repaired", "Rows found wrong within seven days, and repaired.",
                                 labels=["entity", "kind"])  # fmt: skip
    for (entity, kind), rows in store.repaired.items():
        repaired.add_metric([entity, kind], rows)
    yield repaired
    age = GaugeMetricFamily("ops_done_age_seconds", "Since a work outside the screens was last done.", labels=["work"])
    good = GaugeMetricFamily("ops_done_ok", "1 if it went well.", labels=["work"])
    for name in NAMES:
        if name in store.done:
            age.add_metric([name], (datetime.now(UTC) - store.done[name].at).total_seconds())
            good.add_metric([name], int(store.done[name].ok))
    yield age
    yield good


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"ops_{name}", about, value=value)
