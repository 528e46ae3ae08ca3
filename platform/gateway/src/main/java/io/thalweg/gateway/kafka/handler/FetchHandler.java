package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.EpochEndOffset;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.gateway.kafka.handler.FetchSession.PartitionKey;
import io.thalweg.gateway.kafka.handler.FetchSession.Wanted;
import io.thalweg.gateway.kafka.handler.FetchSessions.Opened;
import io.thalweg.gateway.kafka.wire.SliceRecords;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Reads, as a long poll, with or without a session. The records stay where they are until the response was sent. */
final class FetchHandler implements ApiHandler<FetchRequestData> {

    /** Topics are named by id from here on (KIP-516). */
    private static final short TOPIC_IDS = 13;

    private static final short SESSIONS = 7;

    /** Consumers say where they are, and may be sent to a closer replica, from here on (KIP-392). */
    private static final short CLOSEST_REPLICA = 11;

    /** Tells who leads instead from here on, and where that is from the next on (KIP-951). */
    private static final short CURRENT_LEADER = 12;

    private static final short NODE_ENDPOINTS = 16;

    private final BrokerApi broker;
    private final int nodeId;
    private final FetchSessions sessions;
    private final int bytesMax;

    /** @param nodeId of the broker behind the door */
    FetchHandler(BrokerApi broker, int nodeId, FetchSessions sessions, int bytesMax) {
        this.broker = broker;
        this.nodeId = nodeId;
        this.sessions = sessions;
        this.bytesMax = bytesMax;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FETCH;
    }

    @Override
    public Future<Reply> handle(FetchRequestData request, RequestContext context) {
        boolean byTopicId = context.version() >= TOPIC_IDS;
        if (request.replicaId() >= 0 || request.replicaState().replicaId() >= 0) {
            // Replicas of ours do not come through this door.
            return failed(ErrorCode.INVALID_REQUEST);
        }
        Opened opened = context.version() >= SESSIONS
                ? sessions.open(request, byTopicId)
                : new Opened(ErrorCode.NONE, null, false, FetchSessions.all(request));
        if (opened.error() != ErrorCode.NONE) {
            return failed(opened.error());
        }
        ClusterView view = broker.cluster();
        List<FetchRequest.FetchPartition> partitions =
                new ArrayList<>(opened.wanted().size());
        for (Wanted wanted : opened.wanted()) {
            FetchRequest.FetchPartition partition = resolve(view, wanted, byTopicId);
            if (partition != null) {
                partitions.add(partition);
            }
        }
        boolean allKnown = partitions.size() == opened.wanted().size();
        Answer answer = new Answer(context, opened, allKnown, closer(view, partitions, request, context));
        FetchRequest fetch = new FetchRequest(
                partitions,
                // Whoever is to go elsewhere is told at once.
                allKnown && answer.closer().isEmpty() ? Math.max(0, request.maxWaitMs()) : 0,
                Math.max(0, request.minBytes()),
                Math.min(Math.max(0, request.maxBytes()), bytesMax),
                request.isolationLevel() == 1 ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED,
                context.version() >= CLOSEST_REPLICA);
        return broker.fetch(fetch).map(result -> reply(fetch, answer, result));
    }

    /**
     * What is known of a request when its answer is written.
     *
     * @param allKnown every partition could be resolved
     * @param closer for partitions that the consumer should read from another replica: which
     */
    private record Answer(
            RequestContext context, Opened opened, boolean allKnown, Map<TopicPartition, Integer> closer) {}

    /** Partitions that are led here, in another rack than the consumer's, and have a replica in sync in that one. */
    private Map<TopicPartition, Integer> closer(
            ClusterView view,
            List<FetchRequest.FetchPartition> partitions,
            FetchRequestData request,
            RequestContext context) {
        if (context.version() < CLOSEST_REPLICA || request.rackId().isEmpty()) {
            return Map.of();
        }
        BrokerNode self = view.broker(nodeId);
        if (self == null || request.rackId().equals(self.rack())) {
            return Map.of();
        }
        Map<TopicPartition, Integer> closer = new HashMap<>();
        for (FetchRequest.FetchPartition wanted : partitions) {
            PartitionView partition = view.partition(wanted.partition());
            if (partition == null || partition.leader() != nodeId) {
                continue;
            }
            for (int replica : partition.inSyncReplicas()) {
                KafkaBroker candidate = KafkaBroker.find(view, replica);
                if (candidate != null && request.rackId().equals(candidate.rack())) {
                    closer.put(wanted.partition(), replica);
                    break;
                }
            }
        }
        return closer;
    }

    private static FetchRequest.@Nullable FetchPartition resolve(ClusterView view, Wanted wanted, boolean byTopicId) {
        PartitionKey key = wanted.key();
        String topic = byTopicId ? view.topicName(key.topicId()) : key.topic();
        if (topic == null) {
            return null;
        }
        return new FetchRequest.FetchPartition(
                new TopicPartition(topic, key.partition()),
                byTopicId ? key.topicId() : null,
                wanted.offset(),
                wanted.maxBytes(),
                wanted.currentLeaderEpoch(),
                wanted.lastFetchedEpoch());
    }

    private Reply reply(FetchRequest fetch, Answer answer, FetchResult result) {
        try {
            return Reply.of(response(fetch, answer, result), result);
        } catch (RuntimeException defect) {
            result.close();
            throw defect;
        }
    }

    private FetchResponseData response(FetchRequest fetch, Answer answer, FetchResult result) {
        Opened opened = answer.opened();
        FetchSession session = opened.session();
        FetchResponseData response =
                new FetchResponseData().setSessionId(session == null ? FetchSession.NONE : session.id());
        TopicGroups groups = new TopicGroups(response.responses());
        int read = 0;
        for (int i = 0; i < opened.wanted().size(); i++) {
            PartitionKey key = opened.wanted().get(i).key();
            FetchedPartition fetched;
            // Those that could not be resolved were left out of the broker's request, the others are in order.
            if (answer.allKnown() || isNext(fetch, read, key)) {
                fetched = result.partitions().get(read++);
            } else {
                fetched = FetchedPartition.failed(new TopicPartition("", key.partition()), ErrorCode.UNKNOWN_TOPIC_ID);
            }
            PartitionData data = partitionData(key, fetched, fetch.isolation());
            boolean elsewhere = addHints(response, answer, fetched, data);
            boolean news = session == null || session.noteAndTest(key, fetched);
            if (news || elsewhere || !opened.incremental()) {
                groups.add(key, data);
            }
        }
        return response;
    }

    /** Says where else to read, if that is so; returns whether it is. */
    private boolean addHints(FetchResponseData response, Answer answer, FetchedPartition fetched, PartitionData data) {
        Integer replica = answer.closer().get(fetched.partition());
        if (replica != null && fetched.error() == ErrorCode.NONE) {
            data.setPreferredReadReplica(replica);
            return true;
        }
        boolean misled =
                fetched.error() == ErrorCode.NOT_LEADER_OR_FOLLOWER || fetched.error() == ErrorCode.FENCED_LEADER_EPOCH;
        if (misled && answer.context().version() >= CURRENT_LEADER) {
            addLeader(response, answer, fetched, data);
        }
        return misled;
    }

    /** Saves the client a metadata round trip. */
    private void addLeader(FetchResponseData response, Answer answer, FetchedPartition fetched, PartitionData data) {
        ClusterView view = broker.cluster();
        PartitionView partition = view.partition(fetched.partition());
        KafkaBroker leader = partition == null ? null : KafkaBroker.find(view, partition.leader());
        if (partition == null || leader == null) {
            return;
        }
        data.setCurrentLeader(new LeaderIdAndEpoch().setLeaderId(leader.id()).setLeaderEpoch(partition.leaderEpoch()));
        if (answer.context().version() >= NODE_ENDPOINTS
                && response.nodeEndpoints().find(leader.id()) == null) {
            response.nodeEndpoints()
                    .mustAdd(new NodeEndpoint()
                            .setNodeId(leader.id())
                            .setHost(leader.host())
                            .setPort(leader.port())
                            .setRack(leader.rack()));
        }
    }

    private static boolean isNext(FetchRequest fetch, int index, PartitionKey key) {
        if (index >= fetch.partitions().size()) {
            return false;
        }
        FetchRequest.FetchPartition next = fetch.partitions().get(index);
        return key.topicId().equals(next.topicId()) && next.partition().partition() == key.partition();
    }

    private static PartitionData partitionData(PartitionKey key, FetchedPartition answer, IsolationLevel isolation) {
        PartitionData data = new PartitionData()
                .setPartitionIndex(key.partition())
                .setErrorCode(answer.error().code())
                .setHighWatermark(answer.highWatermark())
                .setLastStableOffset(answer.lastStableOffset())
                .setLogStartOffset(answer.logStartOffset())
                .setAbortedTransactions(isolation == IsolationLevel.READ_COMMITTED ? aborted(answer) : null);
        SliceRecords.put(data, answer.records());
        EpochEndOffset diverging = answer.divergingEpoch();
        if (diverging != null) {
            data.setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                    .setEpoch(diverging.leaderEpoch())
                    .setEndOffset(diverging.endOffset()));
        }
        return data;
    }

    private static List<AbortedTransaction> aborted(FetchedPartition answer) {
        List<AbortedTransaction> aborted =
                new ArrayList<>(answer.abortedTransactions().size());
        answer.abortedTransactions()
                .forEach(transaction -> aborted.add(new AbortedTransaction()
                        .setProducerId(transaction.producerId())
                        .setFirstOffset(transaction.firstOffset())));
        return aborted;
    }

    private static Future<Reply> failed(ErrorCode error) {
        return Future.succeededFuture(Reply.of(new FetchResponseData().setErrorCode(error.code())));
    }

    /** Groups runs of partitions of one topic; a topic that comes again later gets another group, as in Kafka. */
    private static final class TopicGroups {
        private final List<FetchableTopicResponse> groups;
        private @Nullable FetchableTopicResponse last;

        TopicGroups(List<FetchableTopicResponse> groups) {
            this.groups = groups;
        }

        void add(PartitionKey key, PartitionData data) {
            FetchableTopicResponse group = last;
            Uuid id = key.topicId();
            if (group == null
                    || !group.topic().equals(key.topic())
                    || !group.topicId().equals(id)) {
                group = new FetchableTopicResponse().setTopic(key.topic()).setTopicId(id);
                groups.add(group);
                last = group;
            }
            group.partitions().add(data);
        }
    }
}
