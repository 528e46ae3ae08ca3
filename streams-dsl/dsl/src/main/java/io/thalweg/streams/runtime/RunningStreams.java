package io.thalweg.streams.runtime;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What runs on a Vert.x instance, whoever started it: a node from its configuration, or somebody's verticle. Any thread. */
public final class RunningStreams {

    private static final String MAP = "io.thalweg.streams.running";

    private RunningStreams() {}

    /** By name. */
    public static List<StreamsRuntime> on(Vertx vertx) {
        List<StreamsRuntime> running = new ArrayList<>();
        map(vertx).values().forEach(entry -> running.add(entry.runtime));
        running.sort(Comparator.comparing(StreamsRuntime::name));
        return running;
    }

    static void add(Vertx vertx, StreamsRuntime runtime) {
        map(vertx).put(key(runtime), new Entry(runtime));
    }

    static void remove(Vertx vertx, StreamsRuntime runtime) {
        map(vertx).remove(key(runtime));
    }

    /** One application may run several times on one instance. */
    private static String key(StreamsRuntime runtime) {
        return runtime.name() + "@" + System.identityHashCode(runtime);
    }

    private static LocalMap<String, Entry> map(Vertx vertx) {
        return vertx.sharedData().getLocalMap(MAP);
    }

    private static final class Entry implements Shareable {
        private final StreamsRuntime runtime;

        Entry(StreamsRuntime runtime) {
            this.runtime = runtime;
        }
    }
}
