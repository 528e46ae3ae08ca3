package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.runtime.store.SeatClaim;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a herder that leads a cluster's connectors goes by.
 *
 * @param node that is seated
 * @param claim of this seat
 * @param confirm fails if the coordinator does not know this node's generation any more
 * @param members that there are now: member ids by node
 * @param metrics of the tasks that run on this node
 */
public record Seat(
        int node,
        SeatClaim claim,
        Supplier<Future<Void>> confirm,
        Supplier<Future<Map<Integer, String>>> members,
        Supplier<Collection<TaskMetrics>> metrics) {}
