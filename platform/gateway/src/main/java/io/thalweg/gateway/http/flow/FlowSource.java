package io.thalweg.gateway.http.flow;

import io.vertx.core.Future;

/** A part of the node that contributes nodes and edges. */
@FunctionalInterface
public interface FlowSource {
    /**
     * What it is now; an edge may lead to a topic that another source names, or that does not exist (it is left out).
     * Called from any thread, one call at a time; must not block.
     */
    Future<FlowGraph> flow();
}
