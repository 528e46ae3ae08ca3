package io.thalweg.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.process.SourceBuffer.Taken;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourcePositionTest {

    @Test
    void recordsBehindAPositionAreCountedOnlyForASourceThatReplays() {
        Taken part = new Taken(List.of(), null, 3);

        SourcePosition exact = SourcePosition.beginning(true).after(part).after(part);
        SourcePosition other = SourcePosition.beginning(false).after(part);

        assertThat(exact.offset())
                .isEqualTo(new JsonObject().putNull("position").put("records", 6L));
        assertThat(other.offset()).isEqualTo(new JsonObject().putNull("position"));
        assertThat(SourcePosition.stored(exact.offset(), true).recordsBehind()).isEqualTo(6);
        assertThat(SourcePosition.stored(exact.offset(), false).recordsBehind()).isZero();
    }

    @Test
    void eachPositionIsAcknowledgedAtMostOnceAndNeverBehindALaterOne() {
        SourcePosition one = SourcePosition.beginning(true).after(new Taken(List.of(), "a", 0));
        SourcePosition two = one.after(new Taken(List.of(), "b", 2));
        SourcePosition three = two.after(new Taken(List.of(), "b", 0)).after(new Taken(List.of(), "c", 0));

        assertThat(three.acknowledge(two.offset())).isEqualTo("b");
        assertThat(three.acknowledge(two.offset())).isNull();
        assertThat(three.acknowledge(one.offset())).isNull();
        assertThat(three.isDurable()).isFalse();
        assertThat(three.acknowledge(three.offset())).isEqualTo("c");
        assertThat(three.isDurable()).isTrue();
    }

    @Test
    void aStoredPositionIsDurable() {
        SourcePosition stored = SourcePosition.stored(new JsonObject().put("position", 7), true);

        assertThat(stored.position()).isEqualTo(7);
        assertThat(stored.isDurable()).isTrue();
        assertThat(stored.acknowledge(stored.offset())).isNull();
    }
}
