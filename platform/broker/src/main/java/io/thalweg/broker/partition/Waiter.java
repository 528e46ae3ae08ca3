package io.thalweg.broker.partition;

import io.thalweg.broker.storage.Delivery;

/** A long poll that waits for partitions. */
public interface Waiter extends Delivery {

    /**
     * {@code bytes} more became readable in a partition it waits for.
     *
     * @return true if it has enough now and wants its {@link #deliver()}; it answers true to one caller only
     */
    boolean onReadable(int bytes);

    /** The partition changed in another way; answers as {@link #onReadable} does. */
    boolean onChanged();
}
