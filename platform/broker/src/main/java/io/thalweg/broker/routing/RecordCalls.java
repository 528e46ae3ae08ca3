package io.thalweg.broker.routing;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.EpochEndOffset;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.BrokerApi.ListedOffset;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.FetchedPartition.AbortedTransaction;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Bytes of calls about records and offsets. */
final class RecordCalls {

    private RecordCalls() {}

    static Buffer encode(AppendRequest request) {
        return new WireWriter(request.records().remaining() + 300)
                .partition(request.partition())
                .name(request.acks())
                .int32(request.timeoutMillis())
                .bytes(request.records())
                .buffer();
    }

    static AppendRequest appendRequest(WireReader in) {
        TopicPartition partition = in.partition();
        Acks acks = in.name(Acks.class);
        int timeoutMillis = in.int32();
        return new AppendRequest(partition, in.slice(), acks, timeoutMillis);
    }

    static Buffer encode(AppendResult result) {
        return new WireWriter()
                .int64(result.baseOffset())
                .int64(result.logAppendTimeMillis())
                .int64(result.logStartOffset())
                .int32(result.leaderEpoch())
                .buffer();
    }

    static AppendResult appendResult(WireReader in) {
        return new AppendResult(in.int64(), in.int64(), in.int64(), in.int32());
    }

    static Buffer encode(FetchRequest request) {
        return new WireWriter()
                .int32(request.maxWaitMillis())
                .int32(request.minBytes())
                .int32(request.maxBytes())
                .name(request.isolation())
                .list(request.partitions(), RecordCalls::write)
                .buffer();
    }

    private static void write(WireWriter out, FetchPartition partition) {
        out.partition(partition.partition())
                .uuid(partition.topicId())
                .int64(partition.offset())
                .int32(partition.maxBytes())
                .int32(partition.currentLeaderEpoch())
                .int32(partition.lastFetchedEpoch());
    }

    static FetchRequest fetchRequest(WireReader in) {
        int maxWaitMillis = in.int32();
        int minBytes = in.int32();
        int maxBytes = in.int32();
        IsolationLevel isolation = in.name(IsolationLevel.class);
        List<FetchPartition> partitions = in.list(RecordCalls::fetchPartition);
        return new FetchRequest(partitions, maxWaitMillis, minBytes, maxBytes, isolation);
    }

    private static FetchPartition fetchPartition(WireReader in) {
        return new FetchPartition(in.partition(), in.uuid(), in.int64(), in.int32(), in.int32(), in.int32());
    }

    /** @param records copied out of {@code fetched} */
    static void write(WireWriter out, FetchedPartition fetched, ByteBuffer records) {
        EpochEndOffset diverging = fetched.divergingEpoch();
        out.partition(fetched.partition())
                .int16(fetched.error().code())
                .int64(fetched.highWatermark())
                .int64(fetched.lastStableOffset())
                .int64(fetched.logStartOffset())
                .list(
                        fetched.abortedTransactions(),
                        (to, aborted) -> to.int64(aborted.producerId()).int64(aborted.firstOffset()))
                .bool(diverging != null);
        if (diverging != null) {
            out.int32(diverging.leaderEpoch()).int64(diverging.endOffset());
        }
        out.bytes(records);
    }

    static FetchedPartition fetchedPartition(WireReader in) {
        return new FetchedPartition(
                in.partition(),
                ErrorCode.of(in.int16()),
                in.int64(),
                in.int64(),
                in.int64(),
                in.list(each -> new AbortedTransaction(each.int64(), each.int64())),
                in.bool() ? new EpochEndOffset(in.int32(), in.int64()) : null,
                RoutedRecords.of(in.slice()));
    }

    static Buffer encode(ListOffsetRequest request) {
        return new WireWriter()
                .partition(request.partition())
                .int64(request.timestamp())
                .name(request.isolation())
                .int32(request.currentLeaderEpoch())
                .buffer();
    }

    static ListOffsetRequest listOffsetRequest(WireReader in) {
        return new ListOffsetRequest(in.partition(), in.int64(), in.name(IsolationLevel.class), in.int32());
    }

    static Buffer encode(ListedOffset offset) {
        return new WireWriter()
                .int64(offset.offset())
                .int64(offset.timestamp())
                .int32(offset.leaderEpoch())
                .buffer();
    }

    static ListedOffset listedOffset(WireReader in) {
        return new ListedOffset(in.int64(), in.int64(), in.int32());
    }

    static Buffer encode(EpochEndOffset end) {
        return new WireWriter().int32(end.leaderEpoch()).int64(end.endOffset()).buffer();
    }

    static EpochEndOffset epochEnd(WireReader in) {
        return new EpochEndOffset(in.int32(), in.int64());
    }

    static Buffer encode(ProducerPosition position) {
        return new WireWriter()
                .int16(position.epoch())
                .int32(position.lastSequence())
                .buffer();
    }

    static ProducerPosition producerPosition(WireReader in) {
        return new ProducerPosition(in.int16(), in.int32());
    }

    /** @param wanted null for all */
    static Buffer encodeWanted(@Nullable List<TopicPartition> wanted) {
        WireWriter out = new WireWriter().bool(wanted != null);
        if (wanted != null) {
            out.list(wanted, WireWriter::partition);
        }
        return out.buffer();
    }

    static @Nullable List<TopicPartition> wanted(WireReader in) {
        return in.bool() ? in.list(WireReader::partition) : null;
    }

    static Buffer encodeStatuses(List<PartitionStatus> statuses) {
        return new WireWriter()
                .list(
                        statuses,
                        (out, status) -> out.partition(status.partition())
                                .int64(status.logStartOffset())
                                .int64(status.highWatermark())
                                .int64(status.logEndOffset())
                                .int64(status.sizeBytes())
                                .string(status.error()))
                .buffer();
    }

    static List<PartitionStatus> statuses(WireReader in) {
        return in.list(each -> new PartitionStatus(
                each.partition(), each.int64(), each.int64(), each.int64(), each.int64(), each.nullableString()));
    }
}
