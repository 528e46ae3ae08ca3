package io.thalweg.broker.metadata;

/** The metadata that is committed, as far as this node has applied it. Changed on the controller's context only. */
public final class MetadataState {

    /** Told of each new image, before the commands behind it are answered. */
    public interface Listener {
        void onImage(MetadataImage before, MetadataImage after);
    }

    private final Listener listener;
    private volatile MetadataImage image;

    public MetadataState(MetadataImage image, Listener listener) {
        this.image = image;
        this.listener = listener;
    }

    /** From any thread. */
    public MetadataImage image() {
        return image;
    }

    public void publish(MetadataImage next) {
        MetadataImage before = image;
        image = next;
        listener.onImage(before, next);
    }
}
