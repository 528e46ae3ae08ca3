package io.thalweg.replication.promise;

import io.thalweg.log.Durability;

/**
 * What tells a machine that went down from a process that did.
 *
 * @param id of this boot of the machine's kernel; another after each start of the machine
 * @param durability of the logs in this run
 */
public record Boot(String id, Durability durability) {

    private static final int CHARS_MAX = 100;

    public Boot {
        if (id.isEmpty() || id.length() > CHARS_MAX) {
            throw new IllegalArgumentException("boot id of " + id.length() + " characters; 1 to " + CHARS_MAX);
        }
    }
}
