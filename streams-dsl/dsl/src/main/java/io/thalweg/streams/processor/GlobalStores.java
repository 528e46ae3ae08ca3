package io.thalweg.streams.processor;

import io.thalweg.streams.store.GlobalStore;
import io.thalweg.streams.store.StateBudget;
import io.thalweg.streams.topology.GlobalTableSpec;
import io.thalweg.streams.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The global tables of an application on one instance, shared by its tasks. Whoever runs the application reads all partitions of
 * {@link #topics} to their end before the first task starts, and goes on reading. One thread writes, any thread reads.
 */
public final class GlobalStores {

    private final Map<String, GlobalStore> byStore = new LinkedHashMap<>();
    private final Map<String, List<GlobalStore>> byTopic = new LinkedHashMap<>();

    public GlobalStores(Topology topology, StateBudget budget) {
        for (GlobalTableSpec spec : topology.globalTables()) {
            GlobalStore store = new GlobalStore(spec, budget);
            byStore.put(spec.store(), store);
            byTopic.computeIfAbsent(spec.topic(), absent -> new ArrayList<>()).add(store);
        }
    }

    public Set<String> topics() {
        return new TreeSet<>(byTopic.keySet());
    }

    /** A record of a global table's topic; others are passed over. */
    public void process(String topic, byte @Nullable [] key, byte @Nullable [] value, long timestampMillis) {
        for (GlobalStore store : byTopic.getOrDefault(topic, List.of())) {
            store.put(key, value, timestampMillis);
        }
    }

    public @Nullable GlobalStore store(String name) {
        return byStore.get(name);
    }

    public void close() {
        byStore.values().forEach(GlobalStore::close);
    }
}
