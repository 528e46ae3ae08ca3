package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.metadata.MetadataCommands;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.storage.Again;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;

/** The way to the controller, on whatever node it is. From any thread; futures complete on the caller's context. */
final class ControllerLink implements MetadataCommands {

    /** The field that names the command, and that of the answer which says where the change is in the metadata. */
    static final String COMMAND = "command";

    static final String OFFSET = "offset";

    private static final int CONTROLLER_WAIT_MILLIS = 5_000;
    private static final int ASK_AGAIN_MILLIS = 50;

    private final Vertx vertx;
    private final ReplicatedMetadata metadata;
    private final PeerRpc rpc;
    private final IntPredicate connected;
    private final Duration deadline;

    /** @param connected whether a broker can be called now; this one can */
    ControllerLink(Vertx vertx, ReplicatedMetadata metadata, PeerRpc rpc, IntPredicate connected, Duration deadline) {
        this.connected = connected;
        this.vertx = vertx;
        this.metadata = metadata;
        this.rpc = rpc;
        this.deadline = deadline;
    }

    static JsonObject command(String name) {
        return new JsonObject().put(COMMAND, name);
    }

    /**
     * Completes with the answer when what the controller committed for it is applied on this node. While there is no controller
     * it waits a little for one.
     */
    Future<JsonObject> submit(JsonObject command) {
        int[] left = {CONTROLLER_WAIT_MILLIS / ASK_AGAIN_MILLIS};
        // Where there is no controller nothing was decided: it may be asked again.
        return Again.after(
                vertx,
                ASK_AGAIN_MILLIS,
                failure -> ThalwegException.codeOf(failure) == ErrorCode.NOT_CONTROLLER && left[0]-- > 0,
                () -> ask(command));
    }

    private Future<JsonObject> ask(JsonObject command) {
        int controller = metadata.leader();
        if (controller < 0 || !connected.test(controller)) {
            return ((ContextInternal) vertx.getOrCreateContext())
                    .failedFuture(new ThalwegException(
                            ErrorCode.NOT_CONTROLLER,
                            "the cluster has no controller now that can be reached; ask again"));
        }
        return rpc.call(controller, PeerMethods.CONTROLLER, command.toBuffer(), deadline)
                .map(CommandCodec::parse)
                .recover(failure -> Future.failedFuture(toCaller(failure, controller)))
                .compose(answer -> metadata.whenApplied(answer.getLong(OFFSET, 0L), deadline)
                        .map(answer));
    }

    private static Throwable toCaller(Throwable failure, int controller) {
        return ThalwegException.codeOf(failure) != ErrorCode.NETWORK_EXCEPTION
                ? failure
                : new ThalwegException(
                        ErrorCode.REQUEST_TIMED_OUT,
                        "the controller was not reached: controller=" + controller
                                + "; whether it did what was asked is" + " not known: look, and ask again",
                        failure);
    }

    @Override
    public Future<TopicView> create(NewTopic topic, boolean validateOnly) {
        return submit(command("createTopic")
                        .put("topic", CommandCodec.encode(topic))
                        .put("validateOnly", validateOnly))
                .map(answer -> CommandCodec.topicView(answer.getJsonObject("topic")));
    }

    @Override
    public Future<Void> delete(String name) {
        return submit(command("deleteTopic").put("name", name)).mapEmpty();
    }

    @Override
    public Future<TopicView> createPartitions(String name, int totalCount, boolean validateOnly) {
        return submit(command("createPartitions")
                        .put("name", name)
                        .put("totalCount", totalCount)
                        .put("validateOnly", validateOnly))
                .map(answer -> CommandCodec.topicView(answer.getJsonObject("topic")));
    }

    @Override
    public Future<Void> alterConfigs(String name, List<ConfigChange> changes, boolean validateOnly) {
        return submit(command("alterConfigs")
                        .put("name", name)
                        .put("changes", CommandCodec.encode(changes))
                        .put("validateOnly", validateOnly))
                .mapEmpty();
    }

    @Override
    public Future<Void> dataGone(Uuid topicId) {
        return submit(command("dataGone").put("topicId", topicId.toString())).mapEmpty();
    }

    @Override
    public Future<Long> takeProducerIds(int count) {
        return submit(command("takeProducerIds").put("count", count)).map(answer -> answer.getLong("first"));
    }
}
