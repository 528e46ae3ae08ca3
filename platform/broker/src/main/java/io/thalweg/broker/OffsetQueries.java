package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi.EpochEndOffset;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.BrokerApi.ListedOffset;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.thalweg.broker.api.BrokerApi.RepairReport;
import io.thalweg.broker.api.BrokerApi.RepairRequest;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.log.EpochEnd;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.TimestampOffset;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.producer.ProducerEntry;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Looks offsets up, deletes and gives up records, and reports sizes. What may touch the disk runs on the storage pool. */
final class OffsetQueries {

    private static final ListedOffset NONE = new ListedOffset(-1, -1, -1);

    private final Partitions partitions;
    private final LogDirectory directory;
    private final StoragePool storage;
    private final Consumer<Partition> deleted;

    /** @param deleted told of a partition of which records were deleted on order */
    OffsetQueries(Partitions partitions, LogDirectory directory, StoragePool storage, Consumer<Partition> deleted) {
        this.deleted = deleted;
        this.partitions = partitions;
        this.directory = directory;
        this.storage = storage;
    }

    Future<ListedOffset> listOffset(ListOffsetRequest request) {
        return withPartition(request.partition(), request.currentLeaderEpoch(), partition -> {
            boolean inMemory = request.timestamp() == ListOffsetRequest.LATEST
                    || request.timestamp() == ListOffsetRequest.EARLIEST;
            if (inMemory && partition.isOpen()) {
                return Future.succeededFuture(list(partition, request));
            }
            return onStorage(partition, () -> list(partition, request));
        });
    }

    Future<EpochEndOffset> endOfEpoch(TopicPartition name, int currentLeaderEpoch, int leaderEpoch) {
        return withPartition(
                name,
                currentLeaderEpoch,
                partition -> onStorage(partition, () -> {
                    if (leaderEpoch == partition.state().leaderEpoch()) {
                        return new EpochEndOffset(leaderEpoch, partition.log().logEndOffset());
                    }
                    EpochEnd end = partition.log().endOfEpoch(leaderEpoch);
                    return new EpochEndOffset(end.leaderEpoch(), end.endOffset());
                }));
    }

    Future<ProducerPosition> producerPosition(TopicPartition name, long producerId) {
        return withPartition(
                name,
                -1,
                partition -> onStorage(partition, () -> {
                    ProducerEntry known = partition.log().producer(producerId);
                    return known == null
                            ? ProducerPosition.NONE
                            : new ProducerPosition(known.producerEpoch(), known.lastSequence());
                }));
    }

    Future<Long> deleteRecords(TopicPartition name, long beforeOffset) {
        return withPartition(name, -1, partition -> {
            if (partition.log().config().compact() && !partition.log().config().delete()) {
                throw new ThalwegException(
                        ErrorCode.POLICY_VIOLATION,
                        "records of a compacted topic cannot be deleted: partition=" + name
                                + "; add delete to its cleanup.policy");
            }
            return onStorage(partition, () -> {
                PartitionLog log = partition.log();
                long highWatermark = log.highWatermark();
                long before = beforeOffset == -1 ? highWatermark : beforeOffset;
                if (before < 0 || before > highWatermark) {
                    throw new ThalwegException(
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            "cannot delete records: partition=" + name + " beforeOffset=" + before + " highWatermark="
                                    + highWatermark);
                }
                log.deleteRecordsBefore(before);
                deleted.accept(partition);
                return log.logStartOffset();
            });
        });
    }

    /** @param replicas of the partition */
    Future<RepairReport> repair(RepairRequest request, int replicas) {
        return withPartition(
                request.partition(),
                -1,
                partition -> onStorage(partition, () -> PartitionRepair.repair(partition, request, replicas)));
    }

    /** @param wanted null for all */
    Future<List<PartitionStatus>> describeLogs(@Nullable List<TopicPartition> wanted) {
        return storage.run(() -> {
            List<PartitionStatus> statuses = new ArrayList<>();
            if (wanted == null) {
                partitions.forEach(partition -> statuses.add(status(partition)));
            } else {
                for (TopicPartition name : wanted) {
                    Partition partition = partitions.get(name);
                    if (partition != null) {
                        statuses.add(status(partition));
                    }
                }
            }
            return statuses;
        });
    }

    private static ListedOffset list(Partition partition, ListOffsetRequest request) throws IOException {
        PartitionLog log = partition.log();
        int epoch = partition.state().leaderEpoch();
        long upTo = request.isolation() == IsolationLevel.READ_COMMITTED ? log.lastStableOffset() : log.highWatermark();
        if (request.timestamp() == ListOffsetRequest.LATEST) {
            return new ListedOffset(upTo, -1, epoch);
        }
        if (request.timestamp() == ListOffsetRequest.EARLIEST) {
            TimestampOffset earliest = log.earliest();
            return new ListedOffset(log.logStartOffset(), -1, earliest.leaderEpoch());
        }
        TimestampOffset found;
        if (request.timestamp() == ListOffsetRequest.MAX_TIMESTAMP) {
            found = log.maxTimestamp();
        } else if (request.timestamp() >= 0) {
            found = log.offsetForTimestamp(request.timestamp());
        } else {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "no such place in a log: timestamp=" + request.timestamp());
        }
        return found.offset() < 0 || found.offset() >= upTo
                ? NONE
                : new ListedOffset(found.offset(), found.timestamp(), found.leaderEpoch());
    }

    private PartitionStatus status(Partition partition) {
        PartitionLog log = partition.log();
        try {
            partition.open();
            String error = directory.offline() ? "the log directory is offline after a disk error" : log.damage();
            return new PartitionStatus(
                    partition.name(),
                    log.logStartOffset(),
                    log.highWatermark(),
                    log.logEndOffset(),
                    log.sizeBytes(),
                    error);
        } catch (IOException | RuntimeException failure) {
            return new PartitionStatus(partition.name(), -1, -1, -1, 0, String.valueOf(failure.getMessage()));
        }
    }

    private interface Query<T> {
        Future<T> ask(Partition partition) throws IOException;
    }

    private <T> Future<T> withPartition(TopicPartition name, int currentLeaderEpoch, Query<T> query) {
        try {
            Partition partition = partitions.require(name);
            partition.leaderEpochFor(currentLeaderEpoch);
            return query.ask(partition);
        } catch (ThalwegException refused) {
            return Future.failedFuture(refused);
        } catch (IOException failure) {
            return Future.failedFuture(storageError(failure));
        }
    }

    private <T> Future<T> onStorage(Partition partition, Callable<T> query) {
        Future<T> answer = storage.tryRead(() -> {
            partition.open();
            return query.call();
        });
        if (answer == null) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.REQUEST_TIMED_OUT, "too many reads wait for the disk; retry with backoff"));
        }
        return answer.recover(
                failure -> Future.failedFuture(failure instanceof ThalwegException ? failure : storageError(failure)));
    }

    private static ThalwegException storageError(Throwable failure) {
        return new ThalwegException(
                ErrorCode.KAFKA_STORAGE_ERROR,
                "the log could not be read or changed; look into the node's log",
                failure);
    }
}
