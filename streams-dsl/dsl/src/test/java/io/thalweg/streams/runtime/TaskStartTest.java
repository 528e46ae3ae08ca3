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
        TaskStart start = readBack(TaskStart.commit(7, 99, 12, Map.of("a", 5L, "b", 6L), Map.of("a", 1_000L)));

        assertThat(start.offsets()).isEqualTo(Map.of(PARTITION, 7L));
        assertThat(start.streamTimeMillis()).isEqualTo(99);
        assertThat(start.producerId()).isEqualTo(12);
        assertThat(start.changelogEnds()).isEqualTo(Map.of("a", 5L, "b", 6L));
        assertThat(start.storeTimes()).isEqualTo(Map.of("a", 1_000L));
    }

    @Test
    void whatIsNotKnownIsNotThere() {
        TaskStart start = readBack(TaskStart.commit(7, -1, -1, Map.of("a", AckBarrier.UNKNOWN), Map.of()));

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

        for (String text :
                new String[] {"", "nonsense", "streamTimeMillis=x producer=y times=a:z changelogs=a:z,b,:"}) {
            TaskStart start = read(7, text);
            assertThat(start.offsets()).isEqualTo(Map.of(PARTITION, 7L));
            assertThat(start.streamTimeMillis()).isEqualTo(-1);
            assertThat(start.producerId()).isEqualTo(-1);
            assertThat(start.changelogEnds()).isEmpty();
            assertThat(start.storeTimes()).isEmpty();
        }
    }

    @Test
    void whatIsTooLongForTheTextLeavesTheChangelogsOut() {
        TaskStart start = readBack(TaskStart.commit(7, 99, 12, Map.of("s".repeat(5_000), 5L), Map.of("a", 3L)));

        assertThat(start.producerId()).isEqualTo(12);
        assertThat(start.changelogEnds()).isEmpty();
        assertThat(start.storeTimes()).as("of no use without them").isEmpty();
    }

    @Test
    void whereThereIsNoRoomForTheTimesTheyAreLeftOut() {
        String store = "s".repeat(2_500);
        TaskStart start = readBack(TaskStart.commit(7, 99, 12, Map.of(store, 5L), Map.of(store, 3L)));

        assertThat(start.changelogEnds()).isEqualTo(Map.of(store, 5L));
        assertThat(start.storeTimes()).isEmpty();
    }
}
