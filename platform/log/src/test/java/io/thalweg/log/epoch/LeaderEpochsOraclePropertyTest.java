package io.thalweg.log.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.EpochEnd;
import io.thalweg.log.EpochOffset;
import io.thalweg.log.LogView;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random epochs, truncations at both ends and emptied logs. What consumers are told of an epoch is what Kafka's cache
 * says; what replication is told is what a list of every record's epoch says, of which Kafka forgets the part before the
 * log start.
 */
class LeaderEpochsOraclePropertyTest {

    @Seeds(count = 300)
    void saysWhatKafkasCacheSays(long seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        LeaderEpochFileCache kafkas = new LeaderEpochFileCache(
                new TopicPartition("t", 0),
                new LeaderEpochCheckpointFile(
                        LeaderEpochCheckpointFile.newFile(directory.toFile()), new LogDirFailureChannel(1)),
                new RunsAtOnce());
        LeaderEpochs ours = new LeaderEpochs(List.of());
        List<Integer> records = new ArrayList<>();
        int start = 0;
        int epoch = 0;
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    int end = start + random.nextInt(records.size() - start + 1);
                    records.subList(end, records.size()).clear();
                    ours.truncateEnd(end);
                    kafkas.truncateFromEndAsyncFlush(end);
                }
                case 1 -> {
                    start += random.nextInt(records.size() - start + 1);
                    ours.truncateStart(start);
                    kafkas.truncateFromStartAsyncFlush(start);
                }
                case 2 -> {
                    ours = LeaderEpochs.decode(ours.encode());
                }
                case 3 -> epoch += 1 + random.nextInt(3);
                default -> {
                    for (int i = 1 + random.nextInt(4); i > 0; i--) {
                        ours.onBatch(epoch, records.size());
                        kafkas.assign(epoch, records.size());
                        records.add(epoch);
                    }
                }
            }
            ours.checkInvariants();
            compare(ours, kafkas, records, start, epoch);
        }
    }

    private static void compare(
            LeaderEpochs ours, LeaderEpochFileCache kafkas, List<Integer> records, int start, int epoch) {
        int end = records.size();
        LogView view = new LogView(
                new EpochOffset(ours.epochOf(start - 1), start),
                new EpochOffset(ours.latest(), end),
                ours.entries(),
                List.of());
        assertThat(view.start()).isEqualTo(new EpochOffset(before(records, start), start));
        assertThat(view.end()).isEqualTo(new EpochOffset(before(records, end), end));
        for (int asked = 0; asked <= epoch + 1; asked++) {
            assertThat(view.endOfEpoch(asked))
                    .as("epoch %s in %s", asked, view)
                    .isEqualTo(endOf(records, start, asked));
            if (start < end) {
                Map.Entry<Integer, Long> kafka = kafkas.endOffsetFor(asked, end);
                assertThat(ours.endOf(asked, start, end))
                        .as("epoch %s of %s from %s", asked, ours.entries(), start)
                        .isEqualTo(new EpochEnd(kafka.getKey(), kafka.getValue()));
            }
        }
        for (int offset = start; offset < end; offset++) {
            assertThat(ours.epochOf(offset)).isEqualTo(records.get(offset));
        }
    }

    private static int before(List<Integer> records, int offset) {
        return offset == 0 ? -1 : records.get(offset - 1);
    }

    /** Of the records that are there, the end of those with the greatest epoch that is not beyond. */
    private static EpochOffset endOf(List<Integer> records, int start, int epoch) {
        for (int offset = records.size(); offset > start; offset--) {
            if (records.get(offset - 1) <= epoch) {
                return new EpochOffset(records.get(offset - 1), offset);
            }
        }
        return new EpochOffset(before(records, start), start);
    }
}
