"""Two questions a load balancer asks: is the process alive, and may it be sent patients?"""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from inquiries.models import WorkerHeartbeat


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers, its tables are up to date, and a worker is at work. 503 with the reason otherwise."""
    state = {"database": True, "migrations": True, "worker": True}
    try:
        executor = MigrationExecutor(connection)
        state["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        state["worker"] = state["migrations"] and WorkerHeartbeat.is_heard()
    except Error:
        state = dict.fromkeys(state, False)
    return JsonResponse(state, status=200 if all(state.values()) else 503)
