package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.topology.TaskId;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The text beside a committed offset, written and read back, by this version and by others. */
final class TaskStartTest {

    private static final TopicPartition PARTITION = new TopicPartition("in", 3);

    private static TaskStart read(long offset, String text) {
        return TaskStart.of(
                new TaskId(0, 3), Set.of(PARTITION), Map.of(PARTITION, new CommittedOffset(offset, -1, text, 0)));
    }

    private static TaskStart readBack(OffsetToCommit written) {
        return read(written.offset(), written.metadata());
    }

    @Test
    void allOfItComesBack() {
        TaskStart start = readBack(TaskStart.commit(7, 99, 12, Map.of("a", 5L, "b", 6L)));

        assertThat(start.offsets()).isEqualTo(Map.of(PARTITION, 7L));
        assertThat(start.streamTimeMillis()).isEqualTo(99);
        assertThat(start.producerId()).isEqualTo(12);
        assertThat(start.changelogEnds()).isEqualTo(Map.of("a", 5L, "b", 6L));
    }

    @Test
    void whatIsNotKnownIsNotThere() {
        TaskStart start = readBack(TaskStart.commit(7, -1, -1, Map.of("a", AckBarrier.UNKNOWN)));

        assertThat(start.streamTimeMillis()).isEqualTo(-1);
        assertThat(start.producerId()).isEqualTo(-1);
        assertThat(start.changelogEnds()).isEmpty();
    }

    @Test
    void commitsOfEarlierVersionsAndOfOthersAreRead() {
        TaskStart earlier = read(7, "streamTimeMillis=99 changelogs=a:5");
        assertThat(earlier.streamTimeMillis()).isEqualTo(99);
        assertThat(earlier.producerId()).isEqualTo(-1);
        assertThat(earlier.changelogEnds()).isEqualTo(Map.of("a", 5L));

        for (String text : new String[] {"", "nonsense", "streamTimeMillis=x producer=y changelogs=a:z,b,:"}) {
            TaskStart start = read(7, text);
            assertThat(start.offsets()).isEqualTo(Map.of(PARTITION, 7L));
            assertThat(start.streamTimeMillis()).isEqualTo(-1);
            assertThat(start.producerId()).isEqualTo(-1);
            assertThat(start.changelogEnds()).isEmpty();
        }
    }

    @Test
    void whatIsTooLongForTheTextLeavesTheChangelogsOut() {
        TaskStart start = readBack(TaskStart.commit(7, 99, 12, Map.of("s".repeat(5_000), 5L)));

        assertThat(start.producerId()).isEqualTo(12);
        assertThat(start.changelogEnds()).isEmpty();
    }
}
