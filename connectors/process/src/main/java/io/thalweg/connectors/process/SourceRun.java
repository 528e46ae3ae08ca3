package io.thalweg.connectors.process;

import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.process.child.ChildExit;
import io.thalweg.connectors.process.child.ChildListener;
import io.thalweg.connectors.process.message.ChildMessage;
import io.thalweg.connectors.process.message.ChildParser;
import io.thalweg.connectors.process.message.MessageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One child's life as seen by a source task. Called on the child's threads; hands over through the {@link SourceBuffer} and
 * through {@code listener}, which goes to the task's context by itself.
 */
final class SourceRun implements ChildListener {

    interface Listener {
        void onHello(ChildMessage.Hello hello);

        void onData();

        /** The buffer may still hold records. */
        void onEnd(ChildExit exit, ChildMessage.@Nullable GaveUp error);
    }

    private final ChildParser parser;
    private final ChildLog log;
    private final Listener listener;
    private final SourceBuffer buffer;
    /** Records that the runtime has already: what a source that replays gives again. */
    private long skip;

    private ChildMessage.@Nullable GaveUp error;

    SourceRun(ChildParser parser, ChildLog log, int bufferBytesMax, long skip, Listener listener) {
        this.parser = parser;
        this.log = log;
        this.listener = listener;
        this.skip = skip;
        this.buffer = new SourceBuffer(bufferBytesMax, listener::onData);
    }

    SourceBuffer buffer() {
        return buffer;
    }

    @Override
    public void onLine(byte[] line, int from, int to) throws MessageException, InterruptedException {
        ChildMessage message = parser.parse(line, from, to);
        if (message instanceof ChildMessage.Records records) {
            onRecords(records);
        } else if (message instanceof ChildMessage.Hello hello) {
            listener.onHello(hello);
        } else if (message instanceof ChildMessage.Log said) {
            log.message(said.level(), said.message());
        } else if (message instanceof ChildMessage.GaveUp failed) {
            error = failed;
            throw new MessageException("it gave up");
        }
    }

    private void onRecords(ChildMessage.Records message) throws InterruptedException {
        ChildMessage.Records fresh = skip == 0 ? message : withoutSkipped(message);
        if (!fresh.records().isEmpty() || fresh.position() != null) {
            buffer.put(fresh);
        }
    }

    /** A position in front of what was handed over before would lie: it is left out, the next one covers it. */
    private ChildMessage.Records withoutSkipped(ChildMessage.Records message) {
        int dropped = (int) Math.min(skip, message.records().size());
        skip -= dropped;
        List<SourceRecord> rest =
                message.records().subList(dropped, message.records().size());
        int bytes = message.records().isEmpty()
                ? 0
                : (int) ((long) message.bytes()
                        * rest.size()
                        / message.records().size());
        return new ChildMessage.Records(rest, bytes, skip > 0 ? null : message.position());
    }

    @Override
    public void onStderr(String line) {
        log.stderr(line);
    }

    @Override
    public void onExit(ChildExit exit) {
        listener.onEnd(exit, error);
    }
}
