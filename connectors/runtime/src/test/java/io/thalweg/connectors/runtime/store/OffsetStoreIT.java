package io.thalweg.connectors.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.runtime.StoreNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Positions over a real log, read back. */
@Timeout(120)
final class OffsetStoreIT {

    @TempDir
    Path directory;

    private StoreNode node;

    @BeforeEach
    void start() throws Exception {
        node = new StoreNode(directory);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private static JsonObject partition(String first, String second) {
        JsonObject nested = new JsonObject().put(first, 1).put(second, 1);
        return new JsonObject().put(second, new JsonArray().add(nested)).put(first, new JsonArray().add(nested));
    }

    /** The log tells keys apart by their bytes: what stands under another spelling would come back. */
    @Test
    void whatIsForgottenStaysSoHoweverItsPartitionWasWritten() throws Exception {
        OffsetStore store = node.offsets();
        node.await(store.put("c", partition("a", "b"), StoredPosition.of(new JsonObject().put("next", 1))));
        node.await(store.put("c", partition("b", "a"), StoredPosition.of(new JsonObject().put("next", 2))));
        assertThat(store.offsets("c")).hasSize(1);
        node.await(store.clear("c"));

        OffsetStore again = node.offsets();
        assertThat(again.position("c", partition("a", "b"))).isNull();
        assertThat(again.offsets("c")).isEmpty();
    }

    @Test
    void aProducersStateComesBackAsItWas() throws Exception {
        TopicPartition partition = new TopicPartition("t", 3);
        StoredPosition stored = new StoredPosition(
                        new JsonObject().put("next", 7),
                        2,
                        new StoredPosition.ProducerState(
                                5, Map.of(partition, 40), Map.of(), Map.of("t", 4), Map.of("t", 12L)))
                .without(partition, 41)
                .without(partition, 41);
        node.await(node.offsets().put("c", partition("a", "b"), stored));

        StoredPosition found = node.offsets().position("c", partition("a", "b"));
        assertThat(found).isEqualTo(stored);
        assertThat(found.producer().leftOut()).isEqualTo(Map.of(partition, List.of(41, 41)));
    }
}
