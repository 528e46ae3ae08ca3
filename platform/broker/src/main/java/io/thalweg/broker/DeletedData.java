package io.thalweg.broker;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataCommands;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.vertx.core.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the data of deleted topics in the background, and then the last trace of them in the metadata. The topic's
 * record stays until the data is gone, so a node that dies in between goes on when it starts again. Data without any
 * record is never touched.
 */
final class DeletedData {

    private static final Logger LOGGER = LoggerFactory.getLogger(DeletedData.class);

    private final Context context;
    private final LogDirectory directory;
    private final LogWriter writer;
    private final StoragePool storage;
    private final MetadataCommands commands;

    DeletedData(
            Context context, LogDirectory directory, LogWriter writer, StoragePool storage, MetadataCommands commands) {
        this.context = context;
        this.directory = directory;
        this.writer = writer;
        this.storage = storage;
        this.commands = commands;
    }

    /** Begins to remove the topic's data; its partitions serve nobody any more. */
    void remove(TopicView topic) {
        // Behind every append that is still queued for it.
        writer.execute(() -> context.runOnContext(nothing -> storage.run(() -> {
                    for (LogId id : directory.stored()) {
                        if (id.topicId().equals(topic.id())) {
                            directory.delete(id);
                        }
                    }
                    return true;
                })
                .compose(removed -> commands.dataGone(topic.id()))
                .onSuccess(forgotten -> LOGGER.atInfo()
                        .setMessage("data of a deleted topic is gone")
                        .addKeyValue("topic", topic.name())
                        .log())
                .onFailure(failure -> LOGGER.atWarn()
                        .setMessage("data of a deleted topic stays until the node starts again")
                        .addKeyValue("topic", topic.name())
                        .addKeyValue("error", failure.toString())
                        .log())));
    }
}
