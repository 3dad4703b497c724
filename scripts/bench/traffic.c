// Makes Socket.IO traffic on one end of a cable between network namespaces, and counts what it sent.
//
// usage: traffic INTERFACE stream PACKETS_PER_SECOND SECONDS [CONNECTIONS]
//        traffic INTERFACE short CONNECTIONS_PER_SECOND SECONDS
//
// stream: connections that stay open, each an endless run of answers: a prompt, tokens, "done". Every packet has 180
//         bytes; each 32nd is the client's and acknowledges the others.
// short:  WebSockets that live for a second: handshake, five tokens, Close, FIN; one in a hundred is refused, and one in a
//         hundred is reset in the middle.
//
// Both directions leave by the one interface, as a tap would show them. Sequence numbers, checksums and the upgrade's
// answer are right. Nothing but wstrace and its like should listen at the other end.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BURST = 64, ROOM = 1514, HEAD = 14 + 20 + 32 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

static uint8_t frames[BURST][ROOM];
static struct iovec pieces[BURST];
static struct mmsghdr messages[BURST];
static int wire, waiting;
static uint64_t sent, sentBytes;
// Where the traffic began that is to be measured: behind the handshakes.
static uint64_t before;
static double start;
static volatile sig_atomic_t isOver;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void stop(int signal) {
  (void)signal;
  isOver = 1;
}

static void flush(void) {
  for (int done = 0; done < waiting && !isOver;) {
    int count = sendmmsg(wire, messages + done, waiting - done, 0);
    if (count > 0) done += count;
    else usleep(10);
  }
  waiting = 0;
}

// The Internet checksum (RFC 1071), in this machine's byte order; all but the last part must have an even length.
static uint32_t sum(const void *bytes, int length) {
  const uint8_t *byte = bytes;
  uint32_t total = 0;
  uint16_t word;
  for (; length > 1; byte += 2, length -= 2) memcpy(&word, byte, 2), total += word;
  return length ? total + htons(byte[0] << 8) : total;
}

static uint16_t folded(uint32_t total) {
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  return ~total;
}

struct peer { uint32_t address; uint16_t port; };

// Puts one segment into the burst.
static void segment(struct peer from, struct peer to, uint32_t seq, uint32_t ack, int flags, const void *payload, int length) {
  static uint16_t identification;
  uint8_t *frame = frames[waiting];
  struct ip *ip = (struct ip *)(frame + 14);
  struct tcphdr *tcp = (struct tcphdr *)(frame + 34);
  uint8_t *options = frame + 54;
  memcpy(frame, "\2\0\0\0\0\2\2\0\0\0\0\1\x08\0", 14);
  *ip = (struct ip){.ip_hl = 5, .ip_v = 4, .ip_len = htons(52 + length), .ip_id = htons(identification++), .ip_off = htons(IP_DF),
                    .ip_ttl = 64, .ip_p = 6, .ip_src.s_addr = htonl(from.address), .ip_dst.s_addr = htonl(to.address)};
  ip->ip_sum = folded(sum(ip, 20));
  memset(tcp, 0, 20);
  tcp->th_sport = htons(from.port), tcp->th_dport = htons(to.port);
  tcp->th_seq = htonl(seq), tcp->th_ack = htonl(flags & ACK ? ack : 0);
  tcp->th_off = 8, tcp->th_flags = flags, tcp->th_win = htons(64240);
  static uint32_t stamp;
  uint32_t zero = 0;
  if (waiting == 0) stamp = htonl((uint32_t)(now() * 1000));
  memcpy(options, flags & SYN ? "\2\4\5\xb4\1\3\3\7\4\2\1\1" : "\1\1\x08\x0a", flags & SYN ? 12 : 4);
  if (!(flags & SYN)) memcpy(options + 4, &stamp, 4), memcpy(options + 8, &zero, 4);
  memcpy(frame + HEAD, payload, length);
  tcp->th_sum = folded(sum(&ip->ip_src, 8) + htons(6 + 32 + length) + sum(tcp, 32 + length));
  pieces[waiting] = (struct iovec){frame, HEAD + length};
  sent++, sentBytes += HEAD + length;
  if (++waiting == BURST) flush();
}

// SHA-1 (RFC 3174) of at most 119 bytes, for Sec-WebSocket-Accept.
static void sha1(const char *text, uint8_t digest[20]) {
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, w[80];
  uint8_t block[128] = {0};
  int length = strlen(text), blocks = length > 55 ? 2 : 1;
  memcpy(block, text, length);
  block[length] = 0x80;
  block[blocks * 64 - 2] = length * 8 >> 8, block[blocks * 64 - 1] = length * 8;
  for (int start = 0; start < blocks * 64; start += 64) {
    for (int i = 0; i < 16; i++) memcpy(w + i, block + start + 4 * i, 4), w[i] = ntohl(w[i]);
    for (int i = 16; i < 80; i++) {
      uint32_t x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
      w[i] = x << 1 | x >> 31;
    }
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
      uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      uint32_t next = (a << 5 | a >> 27) + f + e + k + w[i];
      e = d, d = c, c = b << 30 | b >> 2, b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = h[i / 4] >> (24 - i % 4 * 8);
}

static void base64(const uint8_t *bytes, int length, char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < length; i += 3) {
    uint32_t group = bytes[i] << 16 | (i + 1 < length ? bytes[i + 1] << 8 : 0) | (i + 2 < length ? bytes[i + 2] : 0);
    for (int k = 0; k < 4; k++) *text++ = i + k > length ? '=' : digits[group >> (18 - 6 * k) & 63];
  }
  *text = 0;
}

// A WebSocket frame; the client's are masked.
static int frame(uint8_t *target, int opcode, const char *text, int length, int isMasked) {
  static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  int head = 2;
  target[0] = 0x80 | opcode, target[1] = (isMasked ? 0x80 : 0) | length;
  if (isMasked) memcpy(target + head, mask, 4), head += 4;
  for (int i = 0; i < length; i++) target[head + i] = text[i] ^ (isMasked ? mask[i & 3] : 0);
  return head + length;
}

// What a connection's client or server says at a stage of its life, by its number alone; 0 bytes where nothing.
static int upgrade(uint64_t number, uint8_t *target) {
  char key[32];
  uint64_t parts[2] = {number * 0x9e3779b97f4a7c15, number};
  base64((uint8_t *)parts, 16, key);
  return sprintf((char *)target,
                 "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: chat.example:8080\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", key);
}

static int switching(uint64_t number, uint8_t *target) {
  char key[96], accept[32];
  uint8_t digest[20];
  uint64_t parts[2] = {number * 0x9e3779b97f4a7c15, number};
  base64((uint8_t *)parts, 16, key);
  strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  sha1(key, digest);
  base64(digest, 20, accept);
  return sprintf((char *)target,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                 accept);
}

static int opened(uint64_t number, uint8_t *target) {
  char text[128];
  sprintf(text, "0{\"sid\":\"s%019llu\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}",
          (unsigned long long)number);
  return frame(target, 1, text, strlen(text), 0);
}

// An event of which the frame has exactly so many bytes.
static int event(uint8_t *target, const char *name, int bytes, int isMasked) {
  char text[126];
  int length = bytes - (isMasked ? 6 : 2), used = sprintf(text, "42[\"%s\",{\"t\":\"", name);
  memset(text + used, 'x', length - used - 3);
  memcpy(text + length - 3, "\"}]", 3);
  return frame(target, 1, text, length, isMasked);
}

static struct peer client(uint64_t number) {
  return (struct peer){0x0a010000 + (number & 0xffff), 20000 + (number >> 16) % 40000};
}

static const struct peer server = {0x0a020002, 8080};

// One connection of the endless streams.
struct stream { uint32_t clientSeq, serverSeq; int position; double heartbeat; };

enum { CYCLE = 256, SEEN = 32, PAYLOAD = 180 - HEAD, HEARTBEAT = 20 };

static void say(struct stream *s, uint64_t number, int isClient, const uint8_t *payload, int length) {
  if (isClient) {
    segment(client(number), server, s->clientSeq, s->serverSeq, ACK | PSH, payload, length);
    s->clientSeq += length;
  } else {
    segment(server, client(number), s->serverSeq, s->clientSeq, ACK | PSH, payload, length);
    s->serverSeq += length;
  }
}

static void begin(struct stream *s, uint64_t number) {
  uint8_t text[512];
  segment(client(number), server, s->clientSeq++, 0, SYN, "", 0);
  segment(server, client(number), s->serverSeq++, s->clientSeq, SYN | ACK, "", 0);
  segment(client(number), server, s->clientSeq, s->serverSeq, ACK, "", 0);
  say(s, number, 1, text, upgrade(number, text));
  say(s, number, 0, text, switching(number, text));
  say(s, number, 0, text, opened(number, text));
  say(s, number, 1, text, frame(text, 1, "40", 2, 1));
  say(s, number, 0, text, frame(text, 1, "40{\"sid\":\"abc\"}", 15, 0));
}

static void stream(double rate, double seconds, int connections) {
  struct stream *all = calloc(connections, sizeof *all);
  uint8_t token[PAYLOAD], done[PAYLOAD], prompt[PAYLOAD], seen[PAYLOAD], small[16];
  event(token, "token", PAYLOAD, 0), event(done, "done", PAYLOAD, 0);
  event(prompt, "prompt", PAYLOAD, 1), event(seen, "seen", PAYLOAD, 1);
  for (int i = 0; i < connections; i++) {
    all[i] = (struct stream){i * 7919u, i * 104729u, i % CYCLE, now()};
    begin(all + i, i);
    flush();
    usleep(500);
    if (all[i].position) say(all + i, i, 1, prompt, PAYLOAD);
  }
  start = now(), before = sent;
  while (!isOver && now() - start < seconds) {
    for (int i = 0; i < connections; i++) {
      struct stream *s = all + i;
      int at = s->position++ % CYCLE;
      if (at == 0) {
        say(s, i, 1, prompt, PAYLOAD);
        if (now() - s->heartbeat > HEARTBEAT) {
          s->heartbeat = now();
          say(s, i, 0, small, frame(small, 1, "2", 1, 0));
          say(s, i, 1, small, frame(small, 1, "3", 1, 1));
        }
      } else if (at == CYCLE - 1) say(s, i, 0, done, PAYLOAD);
      else if (at % SEEN == 0) say(s, i, 1, seen, PAYLOAD);
      else say(s, i, 0, token, PAYLOAD);
      if (waiting == 0 && rate > 0) {
        double ahead;
        while ((ahead = start + (sent - before) / rate - now()) > 0)
          if (ahead > 0.0002) usleep((ahead - 0.0001) * 1e6);
        if (isOver || now() - start >= seconds) break;
      }
    }
  }
  for (int i = 0; i < connections; i++) {
    if (all[i].position % CYCLE) say(all + i, i, 0, done, PAYLOAD);
    say(all + i, i, 1, small, frame(small, 8, "\3\xe8", 2, 1));
    say(all + i, i, 0, small, frame(small, 8, "\3\xe8", 2, 0));
  }
  flush();
  free(all);
}

// The stages of a short life, 60 ms apart. A stage's place in the two streams follows from the lengths before it.
enum { STAGES = 17, REFUSED = 33, RESET = 66 };

static void stage(uint64_t number, int index) {
  int kind = number % 100;
  uint32_t seq[2] = {number * 7919u, number * 104729u};
  uint8_t text[512];
  for (int k = 0; k <= index; k++) {
    int isClient = k != 1 && k != 4 && k != 5 && k != 7 && !(k >= 9 && k <= 12) && k != 14 && k != 15;
    int flags = k == 0 ? SYN : k == 1 ? SYN | ACK : ACK, length = 0;
    if (kind == REFUSED && k == 1) flags = RST | ACK;
    if (kind == RESET && k == 11) flags = RST | ACK;
    if ((kind == REFUSED && k > 1) || (kind == RESET && k > 11)) return;
    switch (flags & RST ? 0 : k) {
      case 3: length = upgrade(number, text); break;
      case 4: length = switching(number, text); break;
      case 5: length = opened(number, text); break;
      case 6: length = frame(text, 1, "40", 2, 1); break;
      case 7: length = frame(text, 1, "40{\"sid\":\"abc\"}", 15, 0); break;
      case 8: length = event(text, "prompt", 60, 1); break;
      case 9: case 10: case 11: length = event(text, "token", 100, 0); break;
      case 12: length = event(text, "done", 30, 0); break;
      case 13: length = frame(text, 8, "\3\xe8", 2, 1); break;
      case 14: length = frame(text, 8, "\3\xe8", 2, 0); break;
      case 15: case 16: flags |= FIN; break;
    }
    if (length > 0) flags |= PSH;
    int mine = isClient ? 0 : 1;
    if (k == index) {
      struct peer from = isClient ? client(number) : server, to = isClient ? server : client(number);
      segment(from, to, seq[mine], seq[!mine], flags, text, length);
      // The server acknowledges the client's FIN.
      if (k == 16) segment(to, from, seq[!mine], seq[mine] + 1, ACK, "", 0);
    }
    seq[mine] += length + (flags & (SYN | FIN) ? 1 : 0);
  }
}

static void shortLives(double rate, double seconds) {
  uint64_t next[STAGES] = {0};
  start = now();
  while (!isOver) {
    double time = now() - start;
    for (int index = STAGES - 1; index >= 0; index--)
      for (; next[index] / rate + index * 0.06 <= time && next[index] < rate * seconds; next[index]++) stage(next[index], index);
    flush();
    if (next[STAGES - 1] >= (uint64_t)(rate * seconds)) break;
    usleep(500);
  }
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: traffic INTERFACE stream PACKETS_PER_SECOND SECONDS [CONNECTIONS]\n"
                    "       traffic INTERFACE short CONNECTIONS_PER_SECOND SECONDS\n");
    return 2;
  }
  wire = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(arguments[1])};
  int on = 1;
  if (wire < 0 || address.sll_ifindex == 0 || bind(wire, (struct sockaddr *)&address, sizeof address) != 0) {
    perror(arguments[1]);
    return 1;
  }
  setsockopt(wire, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  for (int i = 0; i < BURST; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = pieces + i, .msg_iovlen = 1};
  signal(SIGINT, stop), signal(SIGTERM, stop);
  double rate = atof(arguments[3]), seconds = atof(arguments[4]);
  if (strcmp(arguments[2], "short") == 0) shortLives(rate, seconds);
  else stream(rate, seconds, count > 5 ? atoi(arguments[5]) : 1000);
  double taken = now() - start;
  printf("{\"packets\":%llu,\"bytes\":%llu,\"seconds\":%.2f,\"packetsPerSecond\":%.0f}\n", (unsigned long long)sent,
         (unsigned long long)sentBytes, taken, (sent - before) / taken);
  return 0;
}
