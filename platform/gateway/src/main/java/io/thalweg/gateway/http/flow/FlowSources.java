package io.thalweg.gateway.http.flow;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The sources of a node, by name; parts come after the door opened. Safe from any thread. */
public final class FlowSources {
    private final Map<String, FlowSource> sources = new ConcurrentSkipListMap<>();

    /** @param name as it stands in a problem, for example connectors */
    public void register(String name, FlowSource source) {
        sources.put(name, source);
    }

    /** Each source's part; a source that fails contributes its problem. Never fails. */
    Future<List<FlowGraph>> parts() {
        List<Future<FlowGraph>> parts = new ArrayList<>();
        sources.forEach((name, source) -> parts.add(part(name, source)));
        return Future.join(parts).map(all -> all.<FlowGraph>list());
    }

    private static Future<FlowGraph> part(String name, FlowSource source) {
        Future<FlowGraph> part;
        try {
            part = source.flow();
        } catch (RuntimeException failure) {
            part = Future.failedFuture(failure);
        }
        return part.otherwise(failure ->
                new FlowGraph(List.of(), List.of(), List.of(name + " cannot be shown: " + failure.getMessage())));
    }
}
