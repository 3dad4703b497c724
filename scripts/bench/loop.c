// The bare libpcap loop: what reading a capture costs at the least.
//
// usage: loop CAPTURE

#include <pcap/pcap.h>
#include <stdio.h>

static unsigned long packets, bytes;

static void count(unsigned char *user, const struct pcap_pkthdr *header, const unsigned char *packet) {
  (void)user;
  (void)packet;
  packets++;
  bytes += header->caplen;
}

int main(int argc, char **argv) {
  char message[PCAP_ERRBUF_SIZE];
  pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], message) : NULL;
  if (!capture) return fprintf(stderr, "loop: %s\n", argc == 2 ? message : "usage: loop CAPTURE"), 2;
  if (pcap_loop(capture, -1, count, NULL) < 0) return fprintf(stderr, "loop: %s\n", pcap_geterr(capture)), 2;
  printf("%lu packets, %lu bytes\n", packets, bytes);
  pcap_close(capture);
}
