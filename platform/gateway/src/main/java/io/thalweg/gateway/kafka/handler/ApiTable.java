package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Vertx;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Which handler serves which API in which versions. What is advertised is read from here, so it cannot differ. */
public final class ApiTable {

    /** librdkafka takes compression for unsupported unless this is advertised (KAFKA-18659); 0 to 2 are not served. */
    private static final short PRODUCE_ADVERTISED_FROM = 0;

    private final @Nullable ApiHandler<?>[] handlers;
    private final ApiVersionCollection advertised = new ApiVersionCollection();

    /**
     * @param nodeId of the broker
     * @param fetchSessionsMax sessions kept for all clients (KIP-227)
     * @param fetchBytesMax upper limit of what one fetch may ask for
     */
    public ApiTable(Vertx vertx, BrokerApi broker, int nodeId, int fetchSessionsMax, int fetchBytesMax) {
        List<ApiHandler<?>> all = List.of(
                new ApiVersionsHandler(this::advertised),
                new MetadataHandler(broker),
                new DescribeClusterHandler(broker),
                new ProduceHandler(broker, new Successors(vertx, broker, nodeId)),
                new FetchHandler(broker, nodeId, new FetchSessions(fetchSessionsMax, System::nanoTime), fetchBytesMax),
                new ListOffsetsHandler(broker),
                new OffsetForLeaderEpochHandler(broker),
                new DeleteRecordsHandler(broker),
                new InitProducerIdHandler(broker),
                new FindCoordinatorHandler(broker),
                new JoinGroupHandler(broker),
                new SyncGroupHandler(broker),
                new HeartbeatHandler(broker),
                new LeaveGroupHandler(broker),
                new OffsetCommitHandler(broker, System::currentTimeMillis),
                new OffsetFetchHandler(broker),
                new OffsetDeleteHandler(broker),
                new ListGroupsHandler(broker),
                new DescribeGroupsHandler(broker),
                new DeleteGroupsHandler(broker),
                new CreateTopicsHandler(broker.topics()),
                new DeleteTopicsHandler(broker),
                new CreatePartitionsHandler(broker),
                new DescribeConfigsHandler(broker.topics()),
                new AlterConfigsHandler(broker.topics()),
                new IncrementalAlterConfigsHandler(broker.topics()),
                new DescribeLogDirsHandler(broker),
                new DescribeTopicPartitionsHandler(broker),
                new AlterPartitionReassignmentsHandler(broker),
                new ListPartitionReassignmentsHandler(broker),
                new ElectLeadersHandler(broker),
                new DescribeAclsHandler());
        int highest = all.stream().mapToInt(handler -> handler.key().id).max().orElseThrow();
        handlers = new ApiHandler<?>[highest + 1];
        for (ApiHandler<?> handler : all) {
            ApiKeys key = handler.key();
            handlers[key.id] = handler;
            advertised.mustAdd(new ApiVersion()
                    .setApiKey(key.id)
                    .setMinVersion(key == ApiKeys.PRODUCE ? PRODUCE_ADVERTISED_FROM : key.oldestVersion())
                    .setMaxVersion(latest(key)));
        }
    }

    /** The handler of this API in this version, or null. */
    @SuppressWarnings("unchecked") // each handler takes the request that ApiKeys pairs with its key
    public @Nullable ApiHandler<ApiMessage> find(ApiKeys key, short version) {
        if (key.id >= handlers.length || version < key.oldestVersion() || version > latest(key)) {
            return null;
        }
        return (ApiHandler<ApiMessage>) handlers[key.id];
    }

    public ApiVersionCollection advertised() {
        return advertised;
    }

    /** The answer, in version 0, to an ApiVersions request of a version that is not known (KIP-511). */
    public static ApiVersionsResponseData unsupportedApiVersions() {
        return ApiVersionsHandler.unsupportedVersion();
    }

    private static short latest(ApiKeys key) {
        return key.messageType.highestSupportedVersion(false);
    }
}
