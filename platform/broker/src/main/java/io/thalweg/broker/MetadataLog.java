package io.thalweg.broker;

import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataPartition;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.partition.InternalAppends;
import io.thalweg.broker.partition.Partition;
import io.thalweg.log.LogDirectory;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The metadata's partition of a node that stands alone: replayed at start, appended to by the controller. */
final class MetadataLog implements Controller.Committer {

    private final InternalAppends appends;
    private final Partition partition;
    private @Nullable MetadataState state;

    MetadataLog(LogDirectory directory, InternalAppends appends) {
        this.appends = appends;
        this.partition = MetadataPartition.alone(directory);
    }

    /** The state that all committed records give. Blocks on disk. */
    MetadataImage replay() throws IOException {
        partition.open();
        MetadataImage.Draft draft = MetadataImage.EMPTY.draft();
        MetadataPartition.replay(partition, partition.log().logStartOffset(), draft);
        partition.lead(0);
        return draft.build();
    }

    /** What committed records are published to. */
    void publishTo(MetadataState published) {
        state = published;
    }

    @Override
    public Future<Void> commit(List<MetadataRecord> records, MetadataImage next) {
        MetadataState published = Objects.requireNonNull(state, "publishTo comes first");
        return appends.append(
                        partition,
                        partition.state().leaderEpoch(),
                        MetadataPartition.batch(records, appends.nowMillis()))
                .map(appended -> {
                    published.publish(next);
                    return null;
                });
    }
}
