package io.thalweg.client.publish;

import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** The records accepted between two calls of flush. */
final class FlushGeneration {

    /** Records of this generation without an outcome. */
    long outstanding;

    /** Completed once this generation and all before it have no record outstanding; null while it is the current one. */
    @Nullable
    Promise<Void> flushed;
}
