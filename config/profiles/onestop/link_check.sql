SELECT ma_xa_gso AS ward_code,
       dich_vu AS service,
       luc AS checked_at,
       thong AS up,
       do_tre_ms AS latency_ms
  FROM onestop.kiem_tra_ket_noi
