package io.thalweg.broker;

import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataRecordCodec;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.topic.TopicName;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.ReadLimits;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** The partition {@code __metadata}: replayed at start, appended to by the controller. */
final class MetadataLog implements Controller.Committer {

    /** The same in every cluster, so that the partition can be found before any metadata is known. */
    static final LogId ID = new LogId(new Uuid(0L, 1L), 0);

    /** A batch must hold the largest topic that a node can have. */
    private static final int BATCH_BYTES_MAX = 64 << 20;

    private static final LogConfig CONFIG = LogConfig.defaults()
            .with()
            .compact(true)
            .delete(false)
            .maxMessageBytes(BATCH_BYTES_MAX)
            .segmentBytes(128 << 20)
            .retentionMillis(-1)
            .timestampAfterMaxMillis(Long.MAX_VALUE)
            .build();

    private final InternalAppends appends;
    private final Partition partition;

    MetadataLog(LogDirectory directory, InternalAppends appends) {
        this.appends = appends;
        this.partition = new Partition(
                new TopicPartition(TopicName.METADATA, 0), ID.topicId(), directory.log(ID, CONFIG), 0, CONFIG, 1);
    }

    /** The state that all committed records give. Blocks on disk. */
    MetadataImage replay() throws IOException {
        partition.open();
        MetadataImage.Draft draft = MetadataImage.EMPTY.draft();
        PartitionReplay.replay(partition.log(), ReadLimits.defaults(), replayed -> {
            ByteBuffer key = replayed.key();
            if (key == null) {
                throw new ThalwegException(
                        ErrorCode.CORRUPT_MESSAGE, "metadata record has no key: offset=" + replayed.offset());
            }
            draft.apply(MetadataRecordCodec.decode(key, replayed.value()));
            return true;
        });
        partition.lead(0);
        return draft.build();
    }

    @Override
    public Future<Void> commit(List<MetadataRecord> records) {
        long now = appends.nowMillis();
        BatchBuilder batch = BatchBuilder.uncompressed();
        for (MetadataRecord metadata : records) {
            MetadataRecordCodec.encode(metadata, (key, value) -> batch.append(now, key, value));
        }
        return appends.append(partition, partition.state().leaderEpoch(), batch).mapEmpty();
    }
}
