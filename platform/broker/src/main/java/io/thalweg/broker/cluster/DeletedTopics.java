package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataCommands;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes this node's part of deleted topics, and tells the controller, again every few seconds until the topic is forgotten: the
 * controller does not note who has told it. Confined to the metadata context.
 */
final class DeletedTopics implements Topology.TopicListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(DeletedTopics.class);
    private static final int TELL_AGAIN_MILLIS = 5_000;

    private final Vertx vertx;
    private final Context context;
    private final LogDirectory directory;
    private final Replicas replicas;
    private final MetadataState state;
    private final MetadataCommands commands;
    private final Set<Uuid> gone = new HashSet<>();
    private volatile boolean closed;

    DeletedTopics(
            Vertx vertx,
            Context context,
            LogDirectory directory,
            Replicas replicas,
            MetadataState state,
            MetadataCommands commands) {
        this.vertx = vertx;
        this.context = context;
        this.directory = directory;
        this.replicas = replicas;
        this.state = state;
        this.commands = commands;
    }

    void start() {
        vertx.setTimer(TELL_AGAIN_MILLIS, fired -> {
            if (!closed) {
                context.runOnContext(nothing -> {
                    gone.retainAll(state.image().deletedTopics().keySet());
                    gone.forEach(this::tell);
                    start();
                });
            }
        });
    }

    /** From any thread. */
    void close() {
        closed = true;
    }

    @Override
    public void onTopicDeleted(TopicView topic) {
        List<Future<Void>> dropped = new ArrayList<>();
        for (LogId id : directory.stored()) {
            if (id.topicId().equals(topic.id())) {
                dropped.add(replicas.drop(id));
            }
        }
        Future<?> all = dropped.isEmpty() ? Future.succeededFuture() : Future.all(dropped);
        all.onComplete(outcome -> onContext(() -> {
            if (outcome.succeeded()) {
                gone.add(topic.id());
                tell(topic.id());
            } else {
                LOGGER.atWarn()
                        .setMessage("data of a deleted topic stays until the node starts again")
                        .addKeyValue("topic", topic.name())
                        .addKeyValue("error", outcome.cause().toString())
                        .log();
            }
        }));
    }

    private void onContext(Runnable task) {
        if (!closed) {
            context.runOnContext(nothing -> task.run());
        }
    }

    private void tell(Uuid topicId) {
        commands.dataGone(topicId)
                .onFailure(failure -> LOGGER.atDebug()
                        .setMessage("the controller did not hear that data is gone; it is told again")
                        .addKeyValue("topicId", topicId)
                        .addKeyValue("error", failure.getMessage())
                        .log());
    }
}
