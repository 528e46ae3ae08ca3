package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi.ProducerIdAndEpoch;
import io.thalweg.broker.metadata.MetadataCommands;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Gives producer ids out of blocks, each of which was committed to the metadata before its first id is used. What a
 * block had left when the node stopped is never given out. Safe for any thread.
 */
final class ProducerIds {

    static final int BLOCK_SIZE = 1000;

    private final MetadataCommands commands;

    // Guarded by this.
    private long next;
    private long end;
    private @Nullable Future<Void> allocation;

    ProducerIds(MetadataCommands commands) {
        this.commands = commands;
    }

    /** The next epoch of a producer that has an id; a fresh id for one that has none, or no epoch left. */
    Future<ProducerIdAndEpoch> allocate(long producerId, short producerEpoch) {
        if (producerId >= 0 && producerEpoch >= 0 && producerEpoch < Short.MAX_VALUE - 1) {
            return Future.succeededFuture(new ProducerIdAndEpoch(producerId, (short) (producerEpoch + 1)));
        }
        long taken = take();
        if (taken >= 0) {
            return Future.succeededFuture(new ProducerIdAndEpoch(taken, (short) 0));
        }
        // Whoever comes meanwhile may empty the new block first; then ask once more.
        return allocateBlock().compose(allocated -> allocate(-1, (short) -1));
    }

    private synchronized long take() {
        return next < end ? next++ : -1;
    }

    private Future<Void> allocateBlock() {
        Promise<Void> allocated;
        synchronized (this) {
            if (allocation != null) {
                return allocation;
            }
            allocated = Promise.promise();
            allocation = allocated.future();
        }
        commands.takeProducerIds(BLOCK_SIZE).onComplete(block -> {
            synchronized (this) {
                allocation = null;
                if (block.succeeded()) {
                    next = block.result();
                    end = next + BLOCK_SIZE;
                }
            }
            if (block.succeeded()) {
                allocated.complete();
            } else {
                allocated.fail(block.cause());
            }
        });
        return allocated.future();
    }
}
