package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.gateway.kafka.wire.SliceRecords;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.InvalidRecordException;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Appends. The records are handed to the broker as views of the frame, which stays until all appends are complete. */
final class ProduceHandler implements ApiHandler<ProduceRequestData> {

    /** Topics are named by id from here on (KIP-516). */
    private static final short TOPIC_IDS = 13;

    /** Tells who leads instead, and where that is, from here on (KIP-951). */
    private static final short LEADER_HINTS = 10;

    /** Zstandard is allowed from here on (KIP-110). */
    private static final short ZSTD = 7;

    private static final int ZSTD_CODEC = 4;

    /*
     * Record batch, magic 2:
     *   0 baseOffset: int64 | 8 batchLength: int32 | 12 partitionLeaderEpoch: int32 | 16 magic: int8 | 17 crc: int32
     *   | 21 attributes: int16 | ... 61 records
     */
    private static final int LENGTH_AT = 8;
    private static final int LENGTH_COUNTS_FROM = 12;
    private static final int MAGIC_AT = 16;
    private static final int ATTRIBUTES_AT = 21;
    private static final int HEADER_BYTES = 61;
    private static final int CODEC_MASK = 7;

    private final BrokerApi broker;
    private final Successors successors;

    ProduceHandler(BrokerApi broker, Successors successors) {
        this.broker = broker;
        this.successors = successors;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public boolean pipelines() {
        return true;
    }

    @Override
    public Future<Reply> handle(ProduceRequestData request, RequestContext context) {
        Round round = new Round(request.acks() == 0, context.version() >= LEADER_HINTS);
        ClusterView view = broker.cluster();
        for (TopicProduceData topic : request.topicData()) {
            Uuid id = topic.topicId();
            String name = context.version() >= TOPIC_IDS ? view.topicName(id) : topic.name();
            List<PartitionProduceResponse> answers =
                    new ArrayList<>(topic.partitionData().size());
            round.response
                    .responses()
                    .mustAdd(new TopicProduceResponse()
                            .setName(name == null ? "" : name)
                            .setTopicId(id)
                            .setPartitionResponses(answers));
            for (PartitionProduceData partition : topic.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse()
                        .setIndex(partition.index())
                        .setBaseOffset(-1)
                        .setLogStartOffset(-1);
                answers.add(answer);
                append(request, context, view, name, partition, answer, round);
            }
        }
        round.started();
        return round.done.future();
    }

    private void append(
            ProduceRequestData request,
            RequestContext context,
            ClusterView view,
            @Nullable String topic,
            PartitionProduceData partition,
            PartitionProduceResponse answer,
            Round round) {
        Acks acks = acks(request.acks());
        ByteBuffer records = SliceRecords.of(partition);
        ThalwegException refusal = refusal(request, context, view, topic, acks, records);
        if (refusal != null || topic == null || acks == null || records == null) {
            round.failed(answer, refusal == null ? invalid("records are missing") : refusal, null);
            return;
        }
        TopicPartition target = new TopicPartition(topic, partition.index());
        round.pending++;
        begin(new AppendRequest(target, records, acks, request.timeoutMs()))
                .onComplete(result -> round.appended(answer, target, result));
    }

    /** Never throws: the appends that were begun before read from the frame, so the round must end in its own time. */
    private Future<AppendResult> begin(AppendRequest append) {
        try {
            return broker.append(append);
        } catch (RuntimeException defect) {
            return Future.failedFuture(defect);
        }
    }

    /** Why this partition's records are not even handed to the broker, or null. */
    private static @Nullable ThalwegException refusal(
            ProduceRequestData request,
            RequestContext context,
            ClusterView view,
            @Nullable String topic,
            @Nullable Acks acks,
            @Nullable ByteBuffer records) {
        if (acks == null) {
            return new ThalwegException(
                    ErrorCode.INVALID_REQUIRED_ACKS, "acks=" + request.acks() + " expected -1, 0 or 1");
        }
        if (request.transactionalId() != null) {
            return new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "transactions are not served; produce without a transactional id");
        }
        if (topic == null) {
            return new ThalwegException(ErrorCode.UNKNOWN_TOPIC_ID, "no topic has this id; refresh metadata");
        }
        TopicView known = view.topic(topic);
        if (known != null && known.internal()) {
            return new ThalwegException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "only the platform itself writes to topic=" + topic);
        }
        if (records == null || !records.hasRemaining()) {
            return invalid("records are missing");
        }
        return batchRefusal(context, records);
    }

    /** From version 3 on, a partition's records are exactly one batch of magic 2 (KIP-98). */
    private static @Nullable ThalwegException batchRefusal(RequestContext context, ByteBuffer records) {
        int at = records.position();
        int size = records.remaining();
        if (size < HEADER_BYTES) {
            return new ThalwegException(
                    ErrorCode.CORRUPT_MESSAGE, "batch is too short: bytes=" + size + " expected " + HEADER_BYTES);
        }
        byte magic = records.get(at + MAGIC_AT);
        if (magic != 2) {
            return invalid("batch has magic=" + magic + " expected 2");
        }
        long stated = (long) records.getInt(at + LENGTH_AT) + LENGTH_COUNTS_FROM;
        if (stated > size) {
            return new ThalwegException(ErrorCode.CORRUPT_MESSAGE, "batch is cut: bytes=" + size + " stated=" + stated);
        }
        if (stated < size) {
            return invalid("more than one batch for a partition: bytes=" + size + " first batch=" + stated);
        }
        if (context.version() < ZSTD && (records.getShort(at + ATTRIBUTES_AT) & CODEC_MASK) == ZSTD_CODEC) {
            return new ThalwegException(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs Produce version " + ZSTD + " or later");
        }
        return null;
    }

    private static ThalwegException invalid(String message) {
        return new ThalwegException(ErrorCode.INVALID_RECORD, message);
    }

    private static @Nullable Acks acks(short wire) {
        return switch (wire) {
            case -1 -> Acks.ALL;
            case 0 -> Acks.NONE;
            case 1 -> Acks.LEADER;
            default -> null;
        };
    }

    /** The appends of one request; complete when the last of them is. */
    private final class Round {
        final ProduceResponseData response = new ProduceResponseData();
        final Promise<Reply> done = Promise.promise();
        private final boolean silent;
        private final boolean hints;

        /** One more than the appends without a result, until all were begun. */
        int pending = 1;

        private @Nullable ErrorCode firstError;

        Round(boolean silent, boolean hints) {
            this.silent = silent;
            this.hints = hints;
        }

        void started() {
            finish();
        }

        void appended(PartitionProduceResponse answer, TopicPartition target, AsyncResult<AppendResult> outcome) {
            if (outcome.succeeded()) {
                AppendResult result = outcome.result();
                answer.setBaseOffset(result.baseOffset())
                        .setLogAppendTimeMs(result.logAppendTimeMillis())
                        .setLogStartOffset(result.logStartOffset());
                finish();
            } else if (hints && Failures.error(outcome.cause()) == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
                successors.await(target).onComplete(decided -> {
                    failed(answer, outcome.cause(), target);
                    finish();
                });
            } else {
                failed(answer, outcome.cause(), target);
                finish();
            }
        }

        /** @param target null if the broker was not asked */
        void failed(PartitionProduceResponse answer, Throwable failure, @Nullable TopicPartition target) {
            ErrorCode error = Failures.error(failure);
            if (firstError == null) {
                firstError = error;
            }
            answer.setErrorCode(error.code()).setErrorMessage(Failures.message(failure));
            if (failure instanceof InvalidRecordException invalid) {
                List<BatchIndexAndErrorMessage> records = new ArrayList<>();
                invalid.recordErrors()
                        .forEach(record -> records.add(new BatchIndexAndErrorMessage()
                                .setBatchIndex(record.batchIndex())
                                .setBatchIndexErrorMessage(record.message())));
                answer.setRecordErrors(records);
            }
            if (hints && target != null && error == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
                hint(answer, target);
            }
        }

        /** Saves the client a metadata round trip. The view is read now: it changed since the request came, or it lags. */
        private void hint(PartitionProduceResponse answer, TopicPartition target) {
            ClusterView view = broker.cluster();
            PartitionView partition = view.partition(target);
            KafkaBroker leader = partition == null ? null : KafkaBroker.find(view, partition.leader());
            if (partition == null || leader == null) {
                return;
            }
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.id()).setLeaderEpoch(partition.leaderEpoch()));
            if (response.nodeEndpoints().find(leader.id()) == null) {
                response.nodeEndpoints()
                        .mustAdd(new NodeEndpoint()
                                .setNodeId(leader.id())
                                .setHost(leader.host())
                                .setPort(leader.port())
                                .setRack(leader.rack()));
            }
        }

        private void finish() {
            if (--pending > 0) {
                return;
            }
            if (!silent) {
                done.complete(Reply.of(response));
            } else if (firstError == null) {
                done.complete(Reply.NOTHING);
            } else {
                // Nothing else tells a producer that wants no acknowledgement (as Kafka does).
                done.complete(Reply.cut("append with acks=0 failed: error=" + firstError));
            }
        }
    }
}
