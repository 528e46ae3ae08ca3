package io.thalweg.connectors.process;

import io.thalweg.connectors.process.child.ChildExit;
import io.thalweg.connectors.process.child.ChildListener;
import io.thalweg.connectors.process.message.ChildMessage;
import io.thalweg.connectors.process.message.ChildParser;
import io.thalweg.connectors.process.message.MessageException;
import org.jspecify.annotations.Nullable;

/** One child's life as seen by a sink task. Called on the child's threads; {@code listener} goes to the task's context by itself. */
final class SinkRun implements ChildListener {

    interface Listener {
        void onHello(ChildMessage.Hello hello);

        void onAck(long id);

        void onRefuse(ChildMessage.Refuse refuse);

        void onEnd(ChildExit exit, ChildMessage.@Nullable GaveUp error);
    }

    private final ChildParser parser;
    private final ChildLog log;
    private final Listener listener;
    private ChildMessage.@Nullable GaveUp error;

    SinkRun(ChildParser parser, ChildLog log, Listener listener) {
        this.parser = parser;
        this.log = log;
        this.listener = listener;
    }

    @Override
    public void onLine(byte[] line, int from, int to) throws MessageException {
        ChildMessage message = parser.parse(line, from, to);
        if (message instanceof ChildMessage.Ack ack) {
            listener.onAck(ack.id());
        } else if (message instanceof ChildMessage.Refuse refuse) {
            listener.onRefuse(refuse);
        } else if (message instanceof ChildMessage.Hello hello) {
            listener.onHello(hello);
        } else if (message instanceof ChildMessage.Log said) {
            log.message(said.level(), said.message());
        } else if (message instanceof ChildMessage.GaveUp failed) {
            error = failed;
            throw new MessageException("it gave up");
        }
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
