package io.thalweg.broker.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.thalweg.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderPropertyTest {

    @Seeds(count = 300)
    void howeverTheBytesArriveTheFramesAreTheSame(long seed) throws Exception {
        Random random = new Random(seed);
        ByteBuf stream = Unpooled.buffer();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] body = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
            random.nextBytes(body);
            byte type = (byte) random.nextInt(100);
            stream.writeBytes(PeerFrames.frame(type, Buffer.buffer(body)));
            sent.add(type + " " + Buffer.buffer(body));
        }
        List<String> received = new ArrayList<>();
        FrameReader reader = new FrameReader(301, (type, body) -> received.add(type + " " + body));

        while (stream.isReadable()) {
            reader.onBytes(stream.readSlice(Math.min(stream.readableBytes(), random.nextInt(200))));
        }

        assertThat(received).isEqualTo(sent);
    }

    @Test
    void aLengthThatIsNotAllowedIsRefusedBeforeItsBytesArrive() {
        for (int length : new int[] {0, -1, 1025, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            FrameReader reader = new FrameReader(1024, (type, body) -> {
                throw new AssertionError();
            });

            assertThatThrownBy(() -> reader.onBytes(Unpooled.buffer().writeInt(length)))
                    .isInstanceOf(PeerProtocolException.class)
                    .hasMessage("frame length is not allowed: length=" + length + " expected 1 to 1024");
        }
    }

    @Test
    void theBoundMayGrowWithinTheStream() throws Exception {
        List<Integer> lengths = new ArrayList<>();
        FrameReader[] reader = new FrameReader[1];
        reader[0] = new FrameReader(10, (type, body) -> {
            lengths.add(body.length());
            reader[0].bytesMax(1_000);
        });
        ByteBuf both = Unpooled.buffer()
                .writeBytes(PeerFrames.frame((byte) 1, Buffer.buffer(new byte[9])))
                .writeBytes(PeerFrames.frame((byte) 1, Buffer.buffer(new byte[999])));

        reader[0].onBytes(both);

        assertThat(lengths).containsExactly(9, 999);
    }

    @Test
    void afterAStopNothingIsGiven() throws Exception {
        List<Integer> lengths = new ArrayList<>();
        FrameReader[] reader = new FrameReader[1];
        reader[0] = new FrameReader(10, (type, body) -> {
            lengths.add(body.length());
            reader[0].stop();
        });

        reader[0].onBytes(Unpooled.buffer()
                .writeBytes(PeerFrames.frame((byte) 1, Buffer.buffer(new byte[1])))
                .writeBytes(PeerFrames.frame((byte) 1, Buffer.buffer(new byte[2]))));

        assertThat(lengths).containsExactly(1);
    }
}
