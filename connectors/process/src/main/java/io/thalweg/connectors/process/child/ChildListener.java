package io.thalweg.connectors.process.child;

/** Hears what a child says. Called on the child's reading thread, which it may hold back by blocking. */
public interface ChildListener {

    /**
     * A line of stdout, without its end; the array is only lent.
     *
     * @throws Exception if the child must not go on: it is killed, and its end carries this failure
     */
    void onLine(byte[] buffer, int from, int to) throws Exception;

    /** A line of stderr; on the thread that reads it. */
    void onStderr(String line);

    /** The last call. The process and its group are gone. */
    void onExit(ChildExit exit);
}
