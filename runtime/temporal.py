"""The Temporal client of every process: one connection, our converter, our namespace as we need it."""

import asyncio
import logging
from datetime import timedelta
from functools import cache

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError, RPCStatusCode

from domain.names import CLINIC_ATTRIBUTE, PATHWAY_ATTRIBUTE, STATUS_ATTRIBUTE
from runtime.crypto import data_converter
from runtime.settings import Settings
from runtime.telemetry import get_logger

RETENTION = timedelta(days=30)
"""How long closed runs stay readable. The dev server's own default is 24 h and has no start-up flag."""

CLINIC = SearchAttributeKey.for_keyword(CLINIC_ATTRIBUTE)
PATHWAY = SearchAttributeKey.for_keyword(PATHWAY_ATTRIBUTE)
STATUS = SearchAttributeKey.for_keyword(STATUS_ATTRIBUTE)

_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0)
log = get_logger(__name__)


@cache
def core_runtime() -> Runtime:
    """One native runtime a process; its log goes through our redaction, without fields."""
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporal.core"), append_log_fields_to_message=False)
    filter_ = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=filter_, forwarding=forwarding)))


async def connect(settings: Settings, *, patient: bool = True) -> Client:
    """Connect, waiting for a server that is still starting (about 25 s; ``patient=False``: one try).

    Raises:
        RuntimeError: Temporal does not answer; names the address.
    """
    for pause in (*_PAUSES, None):
        try:
            return await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=data_converter(settings),
                runtime=core_runtime(),
            )
        except (RuntimeError, RPCError) as error:
            if pause is None or not patient:
                raise RuntimeError(f"Temporal does not answer at {settings.temporal_address}") from error
            log.warning("temporal.waiting", address=settings.temporal_address)
        await asyncio.sleep(pause)
    raise AssertionError("unreachable")


async def prepare(client: Client) -> None:
    """Make the namespace ours: search attributes and retention. Safe to repeat; waits until both are in force."""
    await _register_attributes(client)
    await _keep_closed_runs(client)


async def _register_attributes(client: Client) -> None:
    wanted = {key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for key in (CLINIC, PATHWAY, STATUS)}
    missing = wanted.keys() - await _attributes(client)
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace, search_attributes={name: wanted[name] for name in sorted(missing)}
            )
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    # The frontend serves them from a cache: a start before it knows them would be refused.
    for pause in _PAUSES:
        if not wanted.keys() - await _attributes(client):
            return
        await asyncio.sleep(pause)
    raise RuntimeError("Temporal did not take the search attributes")


async def _attributes(client: Client) -> set[str]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return set(answer.custom_attributes)


async def _keep_closed_runs(client: Client) -> None:
    found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if found.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION:
        return
    ttl = Duration()
    ttl.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=ttl))
    )


def search_attributes(clinic: str, pathway: str, status: str) -> TypedSearchAttributes:
    """The three attributes a run is searched by; all opaque codes."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(CLINIC, clinic),
            SearchAttributePair(PATHWAY, pathway),
            SearchAttributePair(STATUS, status),
        ]
    )
