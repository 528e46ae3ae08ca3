package io.thalweg.streams.topology;

import io.vertx.core.json.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A state store that some nodes of a sub-topology share; every task has its own.
 *
 * @param name unique in the application; part of the changelog topic's name, so keep it when the code changes
 * @param retentionMillis how long windows, sessions or versions are kept behind the greatest time that the store has seen; 0
 *     for a key-value store, which keeps everything
 * @param duplicates whether a window may have several values with the same start, as a join's does
 * @param changelogTopic where every change goes, null if the state is rebuilt by other means
 * @param serdes turn the bytes of keys and values into something to look at
 */
public record StoreSpec(
        String name,
        StoreKind kind,
        long retentionMillis,
        boolean duplicates,
        @Nullable String changelogTopic,
        StoreSerdes serdes) {

    public StoreSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        if (retentionMillis < 0) {
            throw new TopologyException(
                    "store=" + name + " retentionMillis=" + retentionMillis + "; must be 0 or more");
        }
    }

    /** Whether rows go as time goes on. */
    public boolean expires() {
        return kind == StoreKind.WINDOW || kind == StoreKind.SESSION;
    }

    public JsonObject toJson() {
        JsonObject json = new JsonObject().put("name", name).put("kind", kind.name());
        if (kind != StoreKind.KEY_VALUE) {
            json.put("retentionMillis", retentionMillis);
        }
        return json.put("changelogTopic", changelogTopic)
                .put("keySerde", serdes.keyName())
                .put("valueSerde", serdes.valueName());
    }
}
