package io.thalweg.replication.promise;

import java.io.IOException;

/**
 * The file holds less than was made durable in it. A replica that forgot a promise could vote twice, so the directory must
 * not be used as it is: its replicas must come back as untrusted ones, by an operator's decision.
 */
public final class PromisesDamaged extends IOException {
    private static final long serialVersionUID = 1;

    PromisesDamaged(String message) {
        super(message);
    }
}
